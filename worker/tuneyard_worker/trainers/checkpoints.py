"""Checkpoints of a running training: tensors and a small JSON, complete or not there at all."""

import json
import os
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file

Weights = dict[str, torch.Tensor]


def write_checkpoint(root: Path, name: str, weights: Weights, facts: dict[str, float | int | str]) -> Path:
    """Write `root/name` through a temporary folder that is renamed when everything is on the disk."""
    target, temporary = root / name, root / f".{name}.{os.getpid()}.tmp"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    save_file({key: tensor.contiguous() for key, tensor in weights.items()}, temporary / "weights.safetensors")
    (temporary / "state.json").write_text(json.dumps(facts, indent=2), encoding="utf-8")
    for path in temporary.iterdir():
        _sync(path)
    if target.exists():
        shutil.rmtree(target)
    temporary.rename(target)
    _sync(root)
    return target


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
