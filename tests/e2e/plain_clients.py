"""What a user writes with plain libraries: one download folder each for transformers and onnxruntime."""

import json
import sys
from pathlib import Path

import numpy
import onnxruntime
from tokenizers import Tokenizer
from transformers import pipeline

folder, graph, text = sys.argv[1:]
classify = pipeline("text-classification", model=folder, top_k=None)
by_transformers = {item["label"]: item["score"] for item in classify([text])[0]}

session = onnxruntime.InferenceSession(Path(graph) / "model.onnx")
encoding = Tokenizer.from_file(str(Path(graph) / "tokenizer.json")).encode(text)
feeds = {"input_ids": numpy.array([encoding.ids]), "attention_mask": numpy.array([encoding.attention_mask])}
logits = session.run(["logits"], feeds)[0][0]
scores = numpy.exp(logits - logits.max())
labels = json.loads((Path(graph) / "labels.json").read_text())
by_onnxruntime = dict(zip(labels, (scores / scores.sum()).tolist(), strict=True))
print(json.dumps([by_transformers, by_onnxruntime]))
