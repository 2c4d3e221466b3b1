"""What the model cards of every task and language are made of."""

import json
import re
import shlex
from pathlib import Path

from tuneyard.specs.manifest import BaseModelLineage, ModelManifest, ServingEngine
from tuneyard.specs.templates import blanks
from tuneyard.specs.text_generation import TextGenerationHyperparameters

# A table of hundreds of classes is in evaluation.json; the card shows the ones to look at.
SHOWN_CLASSES = 20
# How the Hugging Face hub writes the licences of base models; any other is `other` there.
HUB_LICENCES = {
    "Apache-2.0": "apache-2.0",
    "MIT": "mit",
    "Llama 3.2 Community License": "llama3.2",
    "Gemma Terms of Use": "gemma",
    "unknown": "unknown",
}
HUB = "hub:"
FROM_ROOT = (
    "In a download of one format the files lie at its root: leave the folders `model`, `adapter`, `onnx` and `gguf` "
    "away there, or write `.` for them."
)


def write_cards(artifact: Path, english: str, chinese: str) -> None:
    """README.md, which the Hugging Face hub shows, and the same in Chinese beside it."""
    (artifact / "README.md").write_text(english, encoding="utf-8")
    (artifact / "README.zh-CN.md").write_text(chinese, encoding="utf-8")


def lineage(base: BaseModelLineage) -> list[str]:
    """Where a model comes from, in YAML: the hub takes no card with a licence or a base model that it does not know."""
    lines = [f"license: {HUB_LICENCES.get(base.licence, 'other')}"]
    if base.source.startswith(HUB):
        lines.append(f"base_model: {yaml_text(base.source.removeprefix(HUB).partition('@')[0])}")
    return lines


def yaml_text(value: str) -> str:
    """A text as YAML and Python both write it."""
    # A JSON string is a valid YAML scalar, whatever it contains.
    return json.dumps(value, ensure_ascii=False)


def text(value: str) -> str:
    """Text of users on one line, harmless inside tables and code."""
    line = " ".join(value.split())
    return line.replace("|", "\\|").replace("`", "'").replace("<", "&lt;")


def code(value: str) -> str:
    """Text of users as a piece of code."""
    return f"`{text(value)}`"


def transformers_code(max_length: int) -> str:
    """Asks a classifier."""
    return f"""```python
from transformers import pipeline

classify = pipeline("text-classification", model="model")
print(classify("Some text", truncation=True, max_length={max_length}))
```"""


def onnx_code(engine: ServingEngine) -> str:
    """Asks a classifier without torch."""
    return f"""```python
import json

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

tokenizer = Tokenizer.from_file("{engine.tokenizer}")
tokenizer.enable_truncation({engine.max_length})
session = onnxruntime.InferenceSession("onnx/model.onnx")
labels = json.load(open("onnx/labels.json", encoding="utf-8"))

ids = np.array([tokenizer.encode("Some text").ids], dtype=np.int64)
logits = session.run(["logits"], {{"input_ids": ids, "attention_mask": np.ones_like(ids)}})[0]
print(labels[int(logits[0].argmax())])
```"""


def system_prompt(manifest: ModelManifest) -> str:
    """What a model that writes was told in every conversation, blanks and all; empty if it was told nothing."""
    hyper = manifest.hyperparameters
    return hyper.system_prompt if isinstance(hyper, TextGenerationHyperparameters) else ""


def always_told(manifest: ModelManifest) -> str:
    """The system prompt, unless it has blanks that every row filled in its own way."""
    system = system_prompt(manifest)
    return "" if blanks(system) else system


def verbatim(value: str) -> str:
    """A text of users as a block of its own, on one line."""
    return f"```json\n{yaml_text(value)}\n```"


def chat_code(system: str) -> str:
    """Asks a model that writes for the likeliest tokens; `system` is what it was told in every conversation."""
    told = f'{{"role": "system", "content": {yaml_text(system)}}}, ' if system else ""
    return f"""```python
from transformers import pipeline

chat = pipeline("text-generation", model="model")
messages = [{told}{{"role": "user", "content": "Some question"}}]
print(chat(messages, max_new_tokens=200, do_sample=False)[0]["generated_text"][-1]["content"])
```"""


def adapter_code(base_model: str) -> str:
    """Puts the adapters on their base model."""
    return f"""```python
from peft import PeftModel
from transformers import AutoModelForCausalLM

base = AutoModelForCausalLM.from_pretrained("PATH OF {text(base_model)}")
model = PeftModel.from_pretrained(base, "adapter")
```"""


def llama_code(path: str, system: str) -> str:
    """Asks its GGUF file; `system` is what it was told in every conversation."""
    told = f" -sys {shlex.quote(system)}" if system else ""
    # Longer than what people wrote, or that would end it.
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", told)), default=0))
    return f"{fence}\nllama-cli -m {path} --temp 0{told}\n{fence}"
