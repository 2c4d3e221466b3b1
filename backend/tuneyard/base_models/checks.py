"""What a folder must be before it may become a base model: plain weights and data, and nothing that could run."""

import hashlib
import json
import math
import struct
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from tuneyard.base_models.errors import RefusedBaseModel, WrongChecksum
from tuneyard.specs.base import Spec

CONFIG, WEIGHTS, TOKENIZER = "config.json", "model.safetensors", "tokenizer.json"
REQUIRED = (CONFIG, WEIGHTS, TOKENIZER)
JSON_OPTIONAL = ("tokenizer_config.json", "special_tokens_map.json")
TEXT_OPTIONAL = ("vocab.txt", "vocab.json", "merges.txt", "README.md", "LICENSE")
WANTED = (*REQUIRED, *JSON_OPTIONAL, *TEXT_OPTIONAL)

REFUSED_SUFFIXES = frozenset(
    {".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".h5", ".msgpack", ".joblib", ".npy", ".npz", ".py", ".so"}
)
MAX_TOTAL_BYTES = 8 * 2**30
MAX_DATA_FILE_BYTES = 64 * 2**20
MAX_HEADER_BYTES = 32 * 2**20
MAX_FILES = 1000
MODEL_TYPES = ("bert", "roberta", "xlm-roberta")
"""Kinds that the trainer knows."""

CONFIG_KEYS = frozenset(
    {
        "architectures",
        "attention_probs_dropout_prob",
        "bos_token_id",
        "chunk_size_feed_forward",
        "classifier_dropout",
        "cls_token_id",
        "dtype",
        "eos_token_id",
        "hidden_act",
        "hidden_dropout_prob",
        "hidden_size",
        "id2label",
        "initializer_range",
        "intermediate_size",
        "label2id",
        "layer_norm_eps",
        "max_position_embeddings",
        "model_type",
        "num_attention_heads",
        "num_hidden_layers",
        "pad_token_id",
        "position_embedding_type",
        "problem_type",
        "sep_token_id",
        "tie_word_embeddings",
        "torch_dtype",
        "transformers_version",
        "type_vocab_size",
        "use_cache",
        "vocab_size",
    }
)
RUNS_CODE = ("auto_map", "custom_pipelines", "quantization_config")
TOKENIZER_DROPPED = ("auto_map", "chat_template", "custom_object")


class Config(BaseModel):
    """The part of config.json that has to make sense."""

    model_type: str
    hidden_size: int = Field(gt=0, le=2**16)
    num_hidden_layers: int = Field(gt=0, le=1000)
    max_position_embeddings: int = Field(gt=0, le=2**24)
    hidden_act: str = Field(max_length=40)


class Tensor(Spec):
    """One entry of a safetensors header."""

    dtype: str
    shape: list[int]
    data_offsets: tuple[int, int]


_HEADER: TypeAdapter[dict[str, Tensor]] = TypeAdapter(dict[str, Tensor])


def check_listing(folder: Path) -> None:
    """Refuse links, pickles and anything too large, before a file of the folder is opened. Raises RefusedBaseModel."""
    total = 0
    for place, path in enumerate(sorted(folder.rglob("*")), start=1):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            raise RefusedBaseModel(f"{name} is a link.", hint="Copy the folder with its files: cp -rL FROM TO.")
        if path.suffix.lower() in REFUSED_SUFFIXES:
            raise RefusedBaseModel(
                f"{name} is a kind of file that can run code when it is loaded.",
                hint="Only safetensors weights are taken; remove such files from the folder, or choose another model.",
            )
        if not path.is_file() and not path.is_dir():
            raise RefusedBaseModel(f"{name} is neither a file nor a folder.")
        total += path.stat().st_size if path.is_file() else 0
        if total > MAX_TOTAL_BYTES or place > MAX_FILES:
            raise RefusedBaseModel("The folder is too large for a base model.")
    missing = [name for name in REQUIRED if not (folder / name).is_file()]
    if missing:
        sharded = " Weights in several pieces are not supported." if (folder / f"{WEIGHTS}.index.json").exists() else ""
        raise RefusedBaseModel(f"{missing[0]} is missing.{sharded}")


def checked_config(path: Path) -> dict[str, Any]:
    """config.json with the keys that are known to be harmless. Raises RefusedBaseModel."""
    config = read_json(path)
    for key in RUNS_CODE:
        if key in config:
            raise RefusedBaseModel(f"{path.name} has '{key}': the model would need code or formats of its own.")
    try:
        known = Config.model_validate(config)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise RefusedBaseModel(f"{path.name}: '{place}' is missing or makes no sense.") from error
    if known.model_type not in MODEL_TYPES:
        raise RefusedBaseModel(
            f"It is a model of the kind '{known.model_type[:40]}'.",
            hint=f"Kinds that can be taught: {', '.join(MODEL_TYPES)}.",
        )
    return {key: value for key, value in config.items() if key in CONFIG_KEYS}


def checked_tokenizer_config(path: Path) -> dict[str, Any]:
    """A JSON file beside the tokenizer, without what could run."""
    return {key: value for key, value in read_json(path).items() if key not in TOKENIZER_DROPPED}


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object of moderate size. Raises RefusedBaseModel."""
    if path.stat().st_size > MAX_DATA_FILE_BYTES:
        raise RefusedBaseModel(f"{path.name} is too large.")
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise RefusedBaseModel(f"{path.name} is not valid JSON.") from error
    if not isinstance(content, dict):
        raise RefusedBaseModel(f"{path.name} is not a JSON object.")
    return content


def count_parameters(path: Path) -> int:
    """Numbers in a safetensors file, its header checked against its size. Raises RefusedBaseModel.

    Format: 8 bytes little-endian length, a JSON header, then the tensors at the offsets the header names
    (github.com/huggingface/safetensors, "Format").
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        (length,) = struct.unpack("<Q", stream.read(8).ljust(8, b"\0"))
        if length == 0 or length > min(MAX_HEADER_BYTES, size - 8):
            raise RefusedBaseModel(f"{path.name} is not a safetensors file.")
        raw = stream.read(length)
    try:
        header = json.loads(raw)
        header.pop("__metadata__", None)
        tensors = _HEADER.validate_python(header)
    except (ValueError, AttributeError, RecursionError) as error:
        raise RefusedBaseModel(f"{path.name} is not a safetensors file.") from error
    data = size - 8 - length
    for name, tensor in tensors.items():
        start, end = tensor.data_offsets
        if not 0 <= start <= end <= data or any(extent < 0 for extent in tensor.shape):
            raise RefusedBaseModel(f"{path.name}: the tensor '{name[:100]}' lies outside of the file.")
    return sum(math.prod(tensor.shape) for tensor in tensors.values() if not tensor.dtype.startswith("I"))


def check_checksum(path: Path, expected: str | None) -> str:
    """The sha256 of a file. Raises WrongChecksum if another was expected."""
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if expected is not None and found != expected:
        raise WrongChecksum(f"{path.name} has the sha256 {found}, but {expected} was expected.")
    return found
