"""Trains a small classifier of reviews, and writes tokenizer.json and classifier.onnx into the folder of its argument.

A model of Hugging Face has the same files; its ONNX comes from `optimum-cli export onnx`.
"""

import json
import pathlib
import re
import sys

import numpy as np
import onnx
from onnx import TensorProto as T, helper as h

GOOD = """a wonderful film with a great cast
I loved every minute of it
great music and a clever story
the best film I have seen this year
wonderful, clever and funny
I enjoyed it, the actors are great
a funny story, I loved the ending"""
BAD = """a boring film with a weak story
I hated every minute of it
terrible music and a weak cast
the worst film I have seen this year
boring, slow and much too long
I disliked it, the actors are terrible
a slow story, I hated the ending"""
LENGTH = 16
SIZE = 8

reviews = [(text.lower(), label) for label, texts in enumerate([BAD, GOOD]) for text in texts.split("\n")]
words = sorted({word for text, _ in reviews for word in re.findall(r"\w+|[^\w\s]", text)})
# Words that are not in the reviews may end with a piece, or are unknown.
vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *words, "##s", "##ed", "##ly"]
ids = {token: index for index, token in enumerate(vocabulary)}
special = {"[CLS]": ids["[CLS]"], "[SEP]": ids["[SEP]"]}


def write_tokenizer(path):
    added = [
        dict(id=ids[it], content=it, single_word=False, lstrip=False, rstrip=False, normalized=False, special=True)
        for it in vocabulary[:4]
    ]
    tokenizer = {
        "version": "1.0",
        "truncation": dict(direction="Right", max_length=LENGTH, strategy="LongestFirst", stride=0),
        "padding": dict(
            strategy={"Fixed": LENGTH}, direction="Right", pad_to_multiple_of=None, pad_id=0, pad_type_id=0, pad_token="[PAD]"
        ),
        "added_tokens": added,
        "normalizer": dict(
            type="BertNormalizer", clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=True
        ),
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [
                {"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "[SEP]", "type_id": 0}},
            ],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {it: dict(id=it, ids=[index], tokens=[it]) for it, index in special.items()},
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": ids,
        },
    }
    path.write_text(json.dumps(tokenizer))


def train():
    """Returns the vectors of tokens, and the weights that turn their mean into scores."""
    random = np.random.default_rng(0)
    vectors = random.normal(0, 0.1, (len(vocabulary), SIZE))
    weights = random.normal(0, 0.1, (SIZE, 2))
    texts = [[ids[word] for word in re.findall(r"\w+|[^\w\s]", text)] for text, _ in reviews]
    for _ in range(300):
        for tokens, (_, label) in zip(texts, reviews):
            mean = vectors[tokens].mean(0)
            scores = np.exp(mean @ weights)
            error = scores / scores.sum() - np.eye(2)[label]
            vectors[tokens] -= 0.5 * np.outer(np.ones(len(tokens)), weights @ error) / len(tokens)
            weights -= 0.5 * np.outer(mean, error)
    vectors[:4] = 0
    return vectors.astype(np.float32), weights.astype(np.float32)


def write_model(path):
    vectors, weights = train()
    constants = {"vectors": vectors, "weights": weights, "last": np.array([2]), "tokens": np.array([1])}
    graph = h.make_graph(
        [
            h.make_node("Gather", ["vectors", "input_ids"], ["each"]),
            h.make_node("Cast", ["attention_mask"], ["mask"], to=T.FLOAT),
            h.make_node("Unsqueeze", ["mask", "last"], ["column"]),
            h.make_node("Mul", ["each", "column"], ["masked"]),
            h.make_node("ReduceSum", ["masked", "tokens"], ["sum"], keepdims=0),
            h.make_node("ReduceSum", ["mask", "tokens"], ["count"], keepdims=1),
            h.make_node("Div", ["sum", "count"], ["mean"]),
            h.make_node("MatMul", ["mean", "weights"], ["logits"]),
            h.make_node("Softmax", ["logits"], ["scores"], axis=1),
        ],
        "classifier",
        [h.make_tensor_value_info(name, T.INT64, [1, LENGTH]) for name in ("input_ids", "attention_mask")],
        [h.make_tensor_value_info("scores", T.FLOAT, [1, 2])],
        [onnx.numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    onnx.save(h.make_model(graph, opset_imports=[h.make_opsetid("", 17)], ir_version=8), str(path))


folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
write_tokenizer(folder / "tokenizer.json")
write_model(folder / "classifier.onnx")
