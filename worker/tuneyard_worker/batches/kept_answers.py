"""The answers of a batch over all attempts: rows that are done are not done again.

Rows become finished parts of a checkpoint block by block, which are written once. Answers of blocks that are not whole
are written with every checkpoint; those are few, as rows are begun in their order.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tuneyard_worker.trainers.checkpoints import Checkpoints

BLOCK_ROWS = 512
OPEN = "open"


@dataclass(frozen=True)
class Written:
    """What a model wrote to a row, or why it did not."""

    text: str | None
    finish: str | None
    """`stop` where the model came to an end by itself, `length` where it was cut; None without an answer."""
    note: str | None = None


class KeptAnswers:
    """Those of a table with so many rows, which are counted from 0."""

    def __init__(self, checkpoints: Checkpoints, rows: int) -> None:
        self._checkpoints = checkpoints
        self._answers: list[Written | None] = [None] * rows
        self._left = [len(self._block(number)) for number in range(-(-rows // BLOCK_ROWS))]
        self.done = 0
        for number in range(len(self._left)):
            whole = checkpoints.result(_part(number)) or []
            self._put_back(zip(self._block(number), whole, strict=False))
        self._put_back(checkpoints.part(OPEN).state() or [])
        self.before = self.done
        """How many earlier attempts had done."""

    def __contains__(self, row: int) -> bool:
        return self._answers[row] is not None

    def __getitem__(self, row: int) -> Written:
        found = self._answers[row]
        if found is None:
            raise KeyError(row)
        return found

    def add(self, row: int, written: Written) -> None:
        """Keep the answer to a row that had none. Raises Stopped, JobFailure."""
        number = self._set(row, written)
        if not self._left[number]:
            self._checkpoints.keep(_part(number), [_cells(self[each]) for each in self._block(number)])
        self.reached()

    def reached(self) -> None:
        """A point from which another attempt can go on. Raises Stopped, JobFailure."""
        self._checkpoints.reached(OPEN, self.done, lambda: list(self._open()))

    def _open(self) -> Iterator[tuple[int, list[str | None]]]:
        for number, left in enumerate(self._left):
            if 0 < left < len(self._block(number)):
                yield from ((row, _cells(self[row])) for row in self._block(number) if row in self)

    def _put_back(self, kept: Any) -> None:
        for row, cells in kept:
            self._set(row, Written(*cells))

    def _set(self, row: int, written: Written) -> int:
        number = row // BLOCK_ROWS
        self._answers[row] = written
        self._left[number] -= 1
        self.done += 1
        return number

    def _block(self, number: int) -> range:
        return range(number * BLOCK_ROWS, min((number + 1) * BLOCK_ROWS, len(self._answers)))


def _part(number: int) -> str:
    return f"rows-{number:06d}"


def _cells(written: Written) -> list[str | None]:
    return [written.text, written.finish, written.note]
