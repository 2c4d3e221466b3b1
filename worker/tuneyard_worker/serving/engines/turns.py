"""Who waits to be written for; workspaces take turns, as with jobs (docs/decisions/0008-turns.md)."""

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Generic, Protocol, TypeVar


class Waiting(Protocol):
    """What can wait."""

    @property
    def workspace(self) -> str:
        """Whose it is."""
        ...

    @property
    def gone(self) -> bool:
        """Nobody waits for it any more."""
        ...


Item = TypeVar("Item", bound=Waiting)


class Turns(Generic[Item]):
    """A queue in which each workspace keeps its order, and none waits behind all that another has sent."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._items: dict[str, deque[Item]] = {}
        """Of each workspace that waits; none is empty."""
        self._turn: dict[str, int] = {}
        """When it is the turn of a workspace; one that is not in it begins now."""
        self._now = 0

    def __len__(self) -> int:
        return sum(map(len, self._items.values()))

    def __iter__(self) -> Iterator[Item]:
        return (item for items in self._items.values() for item in items)

    def add(self, item: Item) -> Item | None:
        """Let an item wait. Where there is no room, the one that has to go instead, which may be the item itself.

        That is the newest of the workspace with the most: no workspace can fill the queue for the others.
        """
        out = None
        if len(self) >= self._most:
            own = len(self._items.get(item.workspace, ()))
            longest = max(self._items.values(), key=len)
            # Or two workspaces would push each other out for ever.
            if len(longest) <= own + 1:
                return item
            out = longest.pop()
        self._items.setdefault(item.workspace, deque()).append(item)
        self._turn.setdefault(item.workspace, self._now)
        return out

    def take(self, running: Mapping[str, int]) -> Item:
        """The next one: of the workspace with the fewest `running`, of several of these the one whose turn it is."""
        workspace = min(self._items, key=lambda each: (running.get(each, 0), self._turn[each]))
        items = self._items[workspace]
        item = items.popleft()
        self._now = max(self._now, self._turn[workspace])
        self._turn[workspace] = self._now + 1
        self._forget()
        return item

    def drop(self) -> None:
        """Let go of those that are gone."""
        if any(item.gone for item in self):
            self._items = {
                workspace: deque(item for item in items if not item.gone) for workspace, items in self._items.items()
            }
            self._forget()

    def _forget(self) -> None:
        """Time away is not saved up, and what is past need not be known."""
        self._items = {workspace: items for workspace, items in self._items.items() if items}
        self._turn = {
            workspace: turn for workspace, turn in self._turn.items() if workspace in self._items or turn > self._now
        }
