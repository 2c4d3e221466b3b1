"""A decoder on ONNX Runtime that goes on with several texts at once.

What its graph takes and gives is told in tuneyard_worker.exporters.decoder_graph.
"""

import json
import mmap
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuneyard_worker.exporters.decoder_files import FACTS, GRAPH
from tuneyard_worker.serving.engines.adapters import Adapter, AdapterInputs
from tuneyard_worker.serving.engines.session_cache import open_session

Numbers = NDArray[np.float32]

# Of a long prompt so many tokens are read at once, so that the others need not wait for all of it.
TOKENS_AT_ONCE = 128


@dataclass(frozen=True)
class Facts:
    """What decoder.json says."""

    layers: int
    kv_heads: int
    head_size: int
    vocabulary: int
    positions: int
    linears: dict[str, list[int]]

    @classmethod
    def read(cls, folder: Path) -> "Facts":
        return cls(**json.loads((folder / FACTS).read_text(encoding="utf-8")))

    @property
    def token_bytes(self) -> int:
        """Memory of one earlier token."""
        return 2 * 4 * self.layers * self.kv_heads * self.head_size


class OnnxDecoder:
    """Rows 0 to n-1 are texts in the making; a row is a place in memory. Belongs to one thread at a time."""

    def __init__(self, folder: Path, threads: int, rows: int, room: int) -> None:
        """`room` is how many tokens a row may have."""
        self.facts = Facts.read(folder)
        self.rows = rows
        self.room = min(room, self.facts.positions)
        self._session = open_session(folder / GRAPH, threads)
        self._adapters = AdapterInputs(self.facts.linears, rows)
        self._memory = {
            f"{layer}.{kind}": Memory((rows, self.facts.kv_heads, self.room, self.facts.head_size))
            for layer in range(self.facts.layers)
            for kind in "kv"
        }
        self._logits = np.zeros((rows, 1, self.facts.vocabulary), np.float32)
        self._ids = np.zeros((rows, 1), np.int64)
        self._last_key = np.zeros(rows, np.int32)
        self._keys = np.zeros((), np.int32)
        self._bound: tuple[list[Adapter | None], Any] | None = None
        self._readings: dict[int, tuple[weakref.ref[Any], Any]] = {}

    def read(self, row: int, ids: Sequence[int], start: int, adapter: Adapter | None) -> Numbers:
        """Take tokens of one row that stand at `start` and after; the scores of what comes next, (vocabulary,)."""
        binding = self._reading(row, adapter)
        taken = np.array([ids], np.int64)
        last_key = np.array([start + len(ids) - 1], np.int32)
        keys = np.array(start + len(ids), np.int32)
        _give(binding, {"input_ids": taken, "last_key": last_key, "keys": keys})
        self._session.run_with_iobinding(binding)
        found: Numbers = self._logits[row, 0]
        return found

    def step(self, ids: Sequence[int], positions: Sequence[int], adapters: Sequence[Adapter | None]) -> Numbers:
        """One more token for each of the first rows, at its position.

        Gives the scores of what comes next, (rows, vocabulary), which are valid until the next call.
        """
        count = len(ids)
        self._ids[:count, 0] = ids
        self._last_key[:count] = positions
        self._keys[...] = max(positions) + 1
        wanted = list(adapters)
        if (
            self._bound is None
            or len(self._bound[0]) != count
            or any(one is not other for one, other in zip(self._bound[0], wanted, strict=True))
        ):
            rows = slice(0, count)
            binding = self._binding(rows, wanted)
            _give(binding, {"input_ids": self._ids[rows], "last_key": self._last_key[rows], "keys": self._keys})
            self._bound = (wanted, binding)
        self._session.run_with_iobinding(self._bound[1])
        found: Numbers = self._logits[:count, 0]
        return found

    def move(self, source: int, target: int, length: int) -> None:
        """Let a row of so many tokens lie elsewhere."""
        for memory in self._memory.values():
            memory.array[target, :, :length] = memory.array[source, :, :length]

    def swap(self, one: int, one_length: int, other: int, other_length: int) -> None:
        """Let two rows of so many tokens change places."""
        for memory in self._memory.values():
            kept = memory.array[one, :, :one_length].copy()
            memory.array[one, :, :other_length] = memory.array[other, :, :other_length]
            memory.array[other, :, :one_length] = kept

    def rest(self) -> None:
        """Let go of the adapters of all rows."""
        self._bound = None
        self._adapters.clear()

    def forget(self) -> None:
        """Give the memory of all rows back."""
        for memory in self._memory.values():
            memory.clear()

    def _reading(self, row: int, adapter: Adapter | None) -> Any:
        """Kept as long as the adapter is, as hundreds of inputs to name take milliseconds off every first token."""
        for_whom = self if adapter is None else adapter
        known = self._readings.get(row)
        if known is None or known[0]() is not for_whom:
            known = (weakref.ref(for_whom), self._binding(slice(row, row + 1), [adapter]))
            self._readings[row] = known
        return known[1]

    def _binding(self, rows: slice, adapters: Sequence[Adapter | None]) -> Any:
        """What these rows remember and are told by their adapters, and where their scores go."""
        binding = self._session.io_binding()
        given: dict[str, NDArray[Any]] = dict(self._adapters.of(adapters))
        for name, memory in self._memory.items():
            part = memory.array[rows]
            given[f"past.{name}"] = part
            binding.bind_output(f"present.{name}", "cpu", 0, np.float32, part.shape, part.ctypes.data)
        _give(binding, given)
        logits = self._logits[rows]
        binding.bind_output("logits", "cpu", 0, np.float32, logits.shape, logits.ctypes.data)
        return binding


def _give(binding: Any, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Inputs by their names, in place of those that had them before. The arrays have to live until it has run."""
    for name, array in arrays.items():
        binding.bind_input(name, "cpu", 0, array.dtype.type, array.shape, array.ctypes.data)


class Memory:
    """Zeros that take real memory only where something was written, and give it back."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._pages = mmap.mmap(-1, 4 * int(np.prod(shape)), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self.array: Numbers = np.frombuffer(self._pages, np.float32).reshape(shape)

    def clear(self) -> None:
        """Forget everything."""
        if hasattr(mmap, "MADV_DONTNEED"):
            self._pages.madvise(mmap.MADV_DONTNEED)
