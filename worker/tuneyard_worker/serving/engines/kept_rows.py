"""What rows of a decoder still hold once their texts are finished: the next turn of a chat begins with it."""

import itertools
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# To find and to move fewer tokens takes about as long as to read them.
LEAST_SHARED = 16


@dataclass(frozen=True)
class Whose:
    """Who may go on with a text: the same model, for the same workspace.

    How soon an answer begins tells whether its beginning was read before; that is nobody else's business.
    """

    workspace: str
    adapter: Any

    def same(self, other: "Whose") -> bool:
        """Whether both are the same workspace's, with the same adapter."""
        return self.adapter is other.adapter and self.workspace == other.workspace


@dataclass(frozen=True)
class Kept:
    """What one row holds."""

    ids: Sequence[int]
    workspace: str
    adapter: "weakref.ref[Any] | None"
    """Kept no longer than anybody else keeps it; None for the base model."""
    since: int

    def whose(self) -> Whose | None:
        """None if its adapter is gone."""
        if self.adapter is None:
            return Whose(self.workspace, None)
        adapter = self.adapter()
        return None if adapter is None else Whose(self.workspace, adapter)


class KeptRows:
    """By their places; where a text is being written, nothing is kept."""

    def __init__(self, rows: int) -> None:
        self._rows: list[Kept | None] = [None] * rows
        self._clock = itertools.count()

    def keep(self, row: int, ids: Sequence[int], whose: Whose) -> None:
        """A row is finished."""
        adapter = None if whose.adapter is None else weakref.ref(whose.adapter)
        self._rows[row] = Kept(ids, whose.workspace, adapter, next(self._clock)) if ids else None

    def clear(self) -> None:
        """All is forgotten."""
        self._rows = [None] * len(self._rows)

    def length(self, row: int) -> int:
        """Tokens that it holds."""
        kept = self._rows[row]
        return 0 if kept is None else len(kept.ids)

    def swap(self, one: int, other: int) -> None:
        """They have changed places."""
        self._rows[one], self._rows[other] = self._rows[other], self._rows[one]

    def forget(self, row: int) -> None:
        """It is written over."""
        self._rows[row] = None

    def best(self, ids: Sequence[int], whose: Whose) -> tuple[int, int]:
        """The row that begins with the most of these tokens, and how many: of the last one nothing is known yet."""
        found = [
            shared(kept.ids, ids) if kept and (known := kept.whose()) and known.same(whose) else 0
            for kept in self._rows
        ]
        row = max(range(len(found)), key=found.__getitem__)
        return row, found[row]

    def oldest(self, first: int, but: int | None) -> int:
        """Of the rows from the first on, the one that can best be spared: another than `but`, unless there is none."""
        some = [row for row in range(first, len(self._rows)) if row != but] or [first]
        return min(some, key=self._age)

    def _age(self, row: int) -> int:
        kept = self._rows[row]
        return -1 if kept is None or kept.whose() is None else kept.since


def shared(held: Sequence[int], ids: Sequence[int]) -> int:
    """With how many tokens both begin. The last of `ids` has to be read in any case, for what comes next."""
    most = min(len(held), len(ids) - 1)
    pairs = zip(held[:most], ids[:most], strict=True)
    return next((place for place, (one, other) in enumerate(pairs) if one != other), most)
