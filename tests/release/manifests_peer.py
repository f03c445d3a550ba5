"""Checks manifests by the schemas of Kubernetes, and by the models of KServe's SDK; prints what it checked as JSON.

    manifests_peer.py FILE…
"""

import importlib
import importlib.util
import json
import re
import sys
import types

import kubernetes_validate
import yaml

# Only the models of KServe's SDK: its other modules need its server's dependencies.
package = types.ModuleType("kserve")
package.__path__ = list(importlib.util.find_spec("kserve").submodule_search_locations)
sys.modules["kserve"] = package
kserve_models = importlib.import_module("kserve.models")

SIMPLE = {"str": str, "int": int, "bool": bool, "float": (int, float), "datetime": str}


def check_kubernetes(document):
    kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)
    return document


def pod_with(kind, value):
    """A pod with a part of Kubernetes' own."""
    container = {"name": "name", "image": "image"}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "name"}, "spec": {"containers": [container]}}
    if kind == "V1ObjectMeta":
        return {**pod, "metadata": value}
    assert kind == "V1Container", kind
    return {**pod, "spec": {"containers": [value]}}


def check(value, kind, path):
    """Checks a value by the name of a model, such as `list[V1Container]`."""
    list_of = re.fullmatch(r"list\[(.+)\]", kind)
    dict_of = re.fullmatch(r"dict\((\w+), (.+)\)", kind)
    if list_of:
        assert isinstance(value, list), f"{path} must be a list"
        return [check(item, list_of[1], f"{path}[{at}]") for at, item in enumerate(value)]
    if dict_of:
        assert isinstance(value, dict), f"{path} must be an object"
        return {key: check(item, dict_of[2], f"{path}.{key}") for key, item in value.items()}
    if kind in SIMPLE:
        assert isinstance(value, SIMPLE[kind]), f"{path} must be {kind}, got {value!r}"
        return value
    if kind in ("object", "K8sIoApimachineryPkgApiResourceQuantity", "IntstrIntOrString"):
        return value
    model = getattr(kserve_models, kind, None)
    if model is None:
        return check_kubernetes(pod_with(kind, value))
    assert isinstance(value, dict), f"{path} must be an object"
    names = {json_name: name for name, json_name in model.attribute_map.items()}
    fields = {}
    for key, item in value.items():
        assert key in names, f"{path} has no field '{key}'"
        fields[names[key]] = check(item, model.openapi_types[names[key]], f"{path}.{key}")
    return model(**fields)


checked = []
for path in sys.argv[1:]:
    for document in yaml.safe_load_all(open(path)):
        version, kind = document["apiVersion"], document["kind"]
        if version.startswith("serving.kserve.io/"):
            check(document, version.split("/")[1].capitalize() + kind, kind)
        else:
            check_kubernetes(document)
        checked.append(kind)
print(json.dumps(checked))
