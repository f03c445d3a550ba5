"""Runs a notebook's code cells in Deno's kernel; prints the outputs of each cell as JSON.

The arguments are the notebook, the folder that it runs in, and the command of Deno.
"""

import json
import sys
from queue import Empty

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

notebook, folder, deno = sys.argv[1:]


class DenoKernel(KernelManager):
    @property
    def kernel_spec(self):
        return KernelSpec(argv=[deno, "jupyter", "--kernel", "--conn", "{connection_file}"])


def run(client, cell):
    request = client.execute("".join(cell["source"]))
    outputs = []
    idle = False
    # The kernel may send outputs after it is idle.
    while not idle or len(outputs) < len(cell["outputs"]):
        try:
            message = client.get_iopub_msg(timeout=120)
        except Empty:
            break
        if message["parent_header"].get("msg_id") != request:
            continue
        kind, content = message["msg_type"], message["content"]
        if kind == "status":
            idle = idle or content["execution_state"] == "idle"
        elif kind in ("execute_result", "display_data"):
            outputs.append(content["data"])
        elif kind == "stream":
            outputs.append({"text/plain": content["text"]})
        elif kind == "error":
            outputs.append({"text/plain": "\n".join(content["traceback"])})
            break
    return outputs


with open(notebook, encoding="utf-8") as file:
    cells = [it for it in json.load(file)["cells"] if it["cell_type"] == "code"]
manager = DenoKernel()
manager.start_kernel(cwd=folder)
client = manager.blocking_client()
client.start_channels()
try:
    client.wait_for_ready(timeout=120)
    print(json.dumps([run(client, cell) for cell in cells]))
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
