"""What a folder must be before it may become a base model: plain weights and data, and nothing that could run."""

import hashlib
import json
import math
import re
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, BaseModel, Field, ValidationError

from tuneyard.base_models import chat_template
from tuneyard.base_models.errors import RefusedBaseModel, WrongChecksum
from tuneyard.base_models.safetensors import read_header
from tuneyard.base_models.text_part import text_config
from tuneyard.specs.tasks import Task

CONFIG, WEIGHTS, TOKENIZER = "config.json", "model.safetensors", "tokenizer.json"
REQUIRED = (CONFIG, TOKENIZER)
INDEX = "model.safetensors.index.json"
TOKENIZER_CONFIG, SPECIAL_TOKENS = "tokenizer_config.json", "special_tokens_map.json"
JSON_OPTIONAL = (TOKENIZER_CONFIG, SPECIAL_TOKENS, "generation_config.json")
TEXT_OPTIONAL = ("vocab.txt", "vocab.json", "merges.txt", "README.md", "LICENSE")
WANTED = (CONFIG, TOKENIZER, *JSON_OPTIONAL, *TEXT_OPTIONAL, chat_template.FILE)
SHARD = re.compile(r"model-\d{5}-of-\d{5}\.safetensors")

REFUSED_SUFFIXES = frozenset(
    {".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".h5", ".msgpack", ".joblib", ".npy", ".npz", ".py", ".so"}
)
MAX_TOTAL_BYTES = 24 * 2**30
MAX_DATA_FILE_BYTES = 64 * 2**20
MAX_FILES = 1000
TASKS_OF: dict[str, Task] = {
    "bert": Task.TEXT_CLASSIFICATION,
    "roberta": Task.TEXT_CLASSIFICATION,
    "xlm-roberta": Task.TEXT_CLASSIFICATION,
    "gemma3_text": Task.TEXT_GENERATION,
    "llama": Task.TEXT_GENERATION,
    "mistral": Task.TEXT_GENERATION,
    "phi3": Task.TEXT_GENERATION,
    "qwen2": Task.TEXT_GENERATION,
    "qwen3": Task.TEXT_GENERATION,
}
"""Kinds that the trainers know, and what each can be taught."""
# Their positions are counted from behind the number of the padding, which is 1.
UNUSED_POSITIONS = {"roberta": 2, "xlm-roberta": 2}

CONFIG_KEYS = frozenset(
    {
        "architectures",
        "attention_bias",
        "attention_dropout",
        "attention_probs_dropout_prob",
        "attn_logit_softcapping",
        "bos_token_id",
        "cache_implementation",
        "chunk_size_feed_forward",
        "classifier_dropout",
        "cls_token_id",
        "dtype",
        "embd_pdrop",
        "eos_token_id",
        "final_logit_softcapping",
        "head_dim",
        "hidden_act",
        "hidden_activation",
        "hidden_dropout_prob",
        "hidden_size",
        "id2label",
        "initializer_range",
        "intermediate_size",
        "label2id",
        "layer_norm_eps",
        "layer_types",
        "max_position_embeddings",
        "max_window_layers",
        "mlp_bias",
        "model_type",
        "num_attention_heads",
        "num_hidden_layers",
        "num_key_value_heads",
        "original_max_position_embeddings",
        "pad_token_id",
        "partial_rotary_factor",
        "position_embedding_type",
        "problem_type",
        "query_pre_attn_scalar",
        "resid_pdrop",
        "rms_norm_eps",
        "rope_interleaved",
        "rope_local_base_freq",
        "rope_parameters",
        "rope_scaling",
        "rope_theta",
        "sep_token_id",
        "sliding_window",
        "sliding_window_pattern",
        "tie_word_embeddings",
        "torch_dtype",
        "transformers_version",
        "type_vocab_size",
        "unk_token_id",
        "use_bidirectional_attention",
        "use_cache",
        "use_sliding_window",
        "vocab_size",
    }
)
RUNS_CODE = ("custom_pipelines", "quantization_config")
TOKENIZER_DROPPED = ("auto_map", "chat_template", "custom_object")


class Config(BaseModel):
    """The part of config.json that has to make sense."""

    model_type: str
    hidden_size: int = Field(gt=0, le=2**16)
    num_hidden_layers: int = Field(gt=0, le=1000)
    max_position_embeddings: int = Field(gt=0, le=2**24)
    hidden_act: str = Field(max_length=40, validation_alias=AliasChoices("hidden_act", "hidden_activation"))


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
    missing = [name for name in (CONFIG, TOKENIZER) if not (folder / name).is_file()]
    missing += [name for name in weight_files(folder) if not (folder / name).is_file()]
    if missing:
        raise RefusedBaseModel(f"{missing[0]} is missing.")


def weight_files(folder: Path) -> list[str]:
    """The files that hold the weights: one, or the pieces that an index names. Raises RefusedBaseModel."""
    if (folder / WEIGHTS).is_file() or not (folder / INDEX).is_file():
        return [WEIGHTS]
    names = read_json(folder / INDEX).get("weight_map")
    pieces = sorted(set(map(str, names.values()))) if isinstance(names, dict) else []
    if not pieces or not all(SHARD.fullmatch(name) for name in pieces):
        raise RefusedBaseModel(f"{INDEX} does not name the pieces of the weights.")
    return pieces


def checked_config(path: Path) -> dict[str, Any]:
    """config.json with the keys that are known to be harmless. Raises RefusedBaseModel."""
    config = read_json(path)
    for key in RUNS_CODE:
        if key in config:
            raise RefusedBaseModel(f"{path.name} has '{key}': the model would need code or formats of its own.")
    config = text_config(config)
    try:
        known = Config.model_validate(config)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise RefusedBaseModel(f"{path.name}: '{place}' is missing or makes no sense.") from error
    if known.model_type not in TASKS_OF:
        raise RefusedBaseModel(
            f"It is a model of the kind '{known.model_type[:40]}'.",
            hint=f"Kinds that can be taught: {', '.join(TASKS_OF)}.",
        )
    return {key: value for key, value in config.items() if key in CONFIG_KEYS}


def longest_text(config: dict[str, Any]) -> int:
    """Tokens of the longest text that a checked config has positions for."""
    positions: int = config["max_position_embeddings"]
    return positions - UNUSED_POSITIONS.get(config["model_type"], 0)


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
    """Numbers in a safetensors file, its header checked against its size. Raises RefusedBaseModel."""
    tensors, _ = read_header(path)
    return sum(math.prod(tensor.shape) for tensor in tensors.values() if not tensor.dtype.startswith("I"))


def check_checksum(path: Path, expected: str | None) -> str:
    """The sha256 of a file. Raises WrongChecksum if another was expected."""
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if expected is not None and found != expected:
        raise WrongChecksum(f"{path.name} has the sha256 {found}, but {expected} was expected.")
    return found
