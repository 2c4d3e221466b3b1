"""LoRA adapters of `peft` as the graph of their base model takes them."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

Numbers = NDArray[np.float32]
PREFIX = "base_model.model.model."
WEIGHTS, CONFIG = "adapter_model.safetensors", "adapter_config.json"


@dataclass(frozen=True, eq=False)
class Adapter:
    """What was learnt on top of a base model."""

    rank: int
    parts: Mapping[str, tuple[Numbers, Numbers]]
    """By linear layer: A (in, rank) and B (rank, out), the scale already in B."""


def read_adapter(folder: Path, linears: Mapping[str, Sequence[int]]) -> Adapter:
    """The adapter of a folder; `linears` gives (in, out) by layer. Raises ValueError if it is not for them."""
    config: dict[str, Any] = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    rank, alpha = int(config["r"]), float(config["lora_alpha"])
    if config.get("use_dora") or config.get("rank_pattern") or config.get("alpha_pattern"):
        raise ValueError("its adapter changes layers in a way that can't be added to a base model's answers")
    scale = np.float32(alpha / (math.sqrt(rank) if config.get("use_rslora") else rank))
    weights = load_file(folder / WEIGHTS)
    parts = {}
    for name, (inputs, outputs) in linears.items():
        down = weights.pop(f"{PREFIX}{name}.lora_A.weight", None)
        up = weights.pop(f"{PREFIX}{name}.lora_B.weight", None)
        if down is None or up is None:
            continue
        if not (np.isfinite(down).all() and np.isfinite(up).all()):
            raise ValueError(f"its adapter has numbers that are none, in the layer '{name}'")
        if down.shape != (rank, inputs) or up.shape != (outputs, rank):
            raise ValueError(f"its adapter does not fit the base model's layer '{name}'")
        parts[name] = (
            np.ascontiguousarray(down.T, np.float32),
            np.ascontiguousarray(up.T.astype(np.float32) * scale),
        )
    if weights:
        raise ValueError(f"its adapter is for a layer that the base model does not have: '{next(iter(weights))}'")
    return Adapter(rank, parts)


def adapter_bytes(folder: Path) -> int:
    """About what it takes in memory."""
    return (folder / WEIGHTS).stat().st_size


class AdapterInputs:
    """The adapters of the rows of a batch, as inputs of the graph."""

    def __init__(self, linears: Mapping[str, Sequence[int]], rows: int) -> None:
        self._linears = linears
        self._rows = rows
        self._room: dict[str, Numbers] = {}
        self._rank = 0
        self._placed: list[Adapter | None] = []
        self._nothing = {
            f"{name}.{side}": np.zeros((1, size, 1) if side == "A" else (1, 1, size), np.float32)
            for name, sizes in linears.items()
            for side, size in zip("AB", sizes, strict=True)
        }

    def of(self, adapters: Sequence[Adapter | None]) -> dict[str, Numbers]:
        """By input: (1, …) where all rows have the same adapter, else (rows, …); valid until the next call."""
        first = adapters[0]
        if any(each is not first for each in adapters):
            return self._mixed(list(adapters))
        if first is None:
            return self._nothing
        found = dict(self._nothing)
        for name, (down, up) in first.parts.items():
            found[f"{name}.A"], found[f"{name}.B"] = down[None], up[None]
        return found

    def clear(self) -> None:
        """Let go of every adapter."""
        self._room, self._rank, self._placed = {}, 0, []

    def _mixed(self, adapters: list[Adapter | None]) -> dict[str, Numbers]:
        rank = max(each.rank for each in adapters if each)
        if rank > self._rank:
            self._rank, self._placed = rank, []
            self._room = {
                f"{name}.{side}": np.zeros(
                    (self._rows, size, rank) if side == "A" else (self._rows, rank, size), np.float32
                )
                for name, sizes in self._linears.items()
                for side, size in zip("AB", sizes, strict=True)
            }
        placed = self._placed + [None] * (len(adapters) - len(self._placed))
        fresh = len(self._placed)
        for row, adapter in enumerate(adapters):
            if placed[row] is not adapter or row >= fresh:
                self._place(row, adapter)
                placed[row] = adapter
        self._placed = placed
        return {name: room[: len(adapters)] for name, room in self._room.items()}

    def _place(self, row: int, adapter: Adapter | None) -> None:
        for name in self._linears:
            down, up = self._room[f"{name}.A"][row], self._room[f"{name}.B"][row]
            part = adapter.parts.get(name) if adapter else None
            down[:] = 0
            up[:] = 0
            if part is not None:
                down[:, : part[0].shape[1]] = part[0]
                up[: part[1].shape[0]] = part[1]
