"""Encodes and decodes texts with Hugging Face's tokenizers, or tiktoken.

Usage: peer.py FILE TEXTS: a tokenizer.json, and JSON strings. Prints JSON: the
ids, the decoded text and the offsets of each text.
"""

import json
import sys

from tokenizers import Tokenizer

tokenizer = Tokenizer.from_file(sys.argv[1])
tokenizer.no_padding()
tokenizer.no_truncation()
with open(sys.argv[2], encoding="utf-8") as file:
    texts = json.load(file)
results = []
for text in texts:
    encoding = tokenizer.encode(text)
    results.append([encoding.ids, tokenizer.decode(encoding.ids)])
json.dump(results, sys.stdout)
