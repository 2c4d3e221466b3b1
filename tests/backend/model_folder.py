"""A tiny base model in a folder."""

import json
import struct
from pathlib import Path
from typing import Any

CONFIG: dict[str, Any] = {
    "architectures": ["BertModel"],
    "model_type": "bert",
    "hidden_size": 8,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "max_position_embeddings": 32,
    "hidden_act": "gelu",
    "vocab_size": 10,
    "_name_or_path": "/home/somebody/model",
    "auto_map": {"AutoModel": "evil.EvilModel"},
}


def weights(numbers: int = 10, metadata: str = "pt", *, name: str = "w") -> bytes:
    """A safetensors file of one tensor."""
    tensor = {"dtype": "F32", "shape": [numbers], "data_offsets": [0, 4 * numbers]}
    header = json.dumps({"__metadata__": {"format": metadata}, name: tensor}).encode()
    return struct.pack("<Q", len(header)) + header + bytes(4 * numbers)


def tokenizer(**parts: Any) -> dict[str, Any]:
    """A tokenizer.json that knows two words; `parts` are put in the place of others."""
    words = {"type": "WordLevel", "vocab": {"[UNK]": 0, "hello": 1}, "unk_token": "[UNK]"}
    return {"version": "1.0", "pre_tokenizer": {"type": "Whitespace"}, "model": words} | parts


def make_model_folder(folder: Path, **config: Any) -> Path:
    """A folder that may be imported."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(CONFIG | config))
    (folder / "model.safetensors").write_bytes(weights())
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer()))
    (folder / "tokenizer_config.json").write_text('{"model_max_length": 32, "auto_map": {"AutoTokenizer": "x.py"}}')
    (folder / "vocab.txt").write_text("[PAD]\n")
    (folder / "notes.txt").write_text("not needed")
    return folder


def cut_weights(folder: Path, sizes: list[int]) -> None:
    """Give the folder its weights in pieces, a tensor in each."""
    (folder / "model.safetensors").unlink()
    files = {f"w{place}": f"model-{place:05d}-of-{len(sizes):05d}.safetensors" for place in range(1, len(sizes) + 1)}
    for (name, file), size in zip(files.items(), sizes, strict=True):
        (folder / file).write_bytes(weights(size, name=name))
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": files}))
