"""The taught model as files: adapters for `peft`, and whole for `transformers`."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tuneyard.specs.job import BaseModelRef, TextGenerationSpec
from tuneyard_worker.exporters.gguf_file import gguf_bytes, write_gguf
from tuneyard_worker.exporters.gguf_shapes import NotConvertible
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.trainers.generation.causal_models import (
    CHAT_TEMPLATE,
    add_adapters,
    check,
    load,
    merge,
    stored_dtype,
)
from tuneyard_worker.trainers.generation.tuning import Tuned, put_weights

MODEL, ADAPTER, GGUF = "model", "adapter", "gguf"
GENERATION, TOKENIZER_CONFIG = "generation_config.json", "tokenizer_config.json"
# As the base model has them: a tokenizer that is written anew may come out in other words.
TOKENIZER_FILES = (
    "tokenizer.json",
    TOKENIZER_CONFIG,
    "special_tokens_map.json",
    GENERATION,
    "vocab.json",
    "merges.txt",
    CHAT_TEMPLATE,
)
HUB = "hub:"


def export(artifact: Path, spec: TextGenerationSpec, tuned: Tuned, stop_ids: Sequence[int]) -> Path:
    """Write `adapter/` and `model/`, whose answers end with one of `stop_ids`; the folder of the whole model.

    Adapters are merged into the base model as it is in its file, whatever it was taught in. Each sum is one of numbers
    in 32 bits, rounded once to those of the file; all of the model at once would take twice the memory in 32 bits.
    """
    base = load(spec.base_model.path, spec.base_model.name, stored_dtype(check(spec.base_model)))
    whole: Any = base.model
    if spec.hyperparameters.tuning == "full":
        put_weights(whole, tuned.weights)
    else:
        adapted = add_adapters(base.model, spec.hyperparameters)
        put_weights(adapted, tuned.weights)
        _write_adapter(artifact / ADAPTER, adapted, spec.base_model)
        whole = merge(adapted)
    folder = artifact / MODEL
    whole.save_pretrained(folder)
    for name in TOKENIZER_FILES:
        if (spec.base_model.path / name).is_file():
            shutil.copyfile(spec.base_model.path / name, folder / name)
    _keep_tokens(folder / TOKENIZER_CONFIG)
    _tell_ends(folder / GENERATION, stop_ids)
    return folder


def export_gguf(spec: TextGenerationSpec, job: JobDirectory, stop_ids: Sequence[int]) -> None:
    """Write `gguf/` from `model/`, if it was asked for; where it can't be, say why and go on without."""
    precision = spec.hyperparameters.gguf
    if precision == "none":
        return
    target = job.artifact / GGUF / f"model-{precision}.gguf"
    try:
        write_gguf(job.artifact / MODEL, target, precision, f"{spec.dataset.name} ({spec.base_model.name})", stop_ids)
    except NotConvertible as reason:
        message = f"There is no GGUF file: {reason}. Everything else is there."
        job.log("gguf_not_made", message, "warning", reason=str(reason))


def artifact_bytes(spec: TextGenerationSpec, tuned: Tuned, parameters: int) -> int:
    """About how much room the artifact takes, of a model with so many parameters."""
    weights: int = sum(tensor.nbytes for tensor in tuned.weights.values())
    precision = spec.hyperparameters.gguf
    gguf = 0 if precision == "none" else gguf_bytes(parameters, precision)
    return weights + gguf + (spec.base_model.path / "model.safetensors").stat().st_size


def _keep_tokens(path: Path) -> None:
    """Have `transformers` cut texts as the tokenizer's file says, by which the model learned."""
    config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    config["tokenizer_class"] = "PreTrainedTokenizerFast"
    path.write_text(json.dumps(config, ensure_ascii=False, indent=2), encoding="utf-8")


def _tell_ends(path: Path, stop_ids: Sequence[int]) -> None:
    """Name every token that ends an answer: a base model that was no chat model knows one that ends texts only."""
    config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    found = config.get("eos_token_id")
    known = found if isinstance(found, list) else [] if found is None else [found]
    if missing := [number for number in stop_ids if number not in known]:
        path.write_text(json.dumps(config | {"eos_token_id": [*known, *missing]}, indent=2), encoding="utf-8")


def _write_adapter(folder: Path, adapted: Any, base: BaseModelRef) -> None:
    # Where the base model lies on this machine is nobody's business, and no use elsewhere.
    public = base.source.removeprefix(HUB).partition("@")[0] if base.source.startswith(HUB) else base.id
    adapted.peft_config["default"].base_model_name_or_path = public
    adapted.save_pretrained(folder, save_embedding_layers=False)
    (folder / "README.md").unlink(missing_ok=True)
