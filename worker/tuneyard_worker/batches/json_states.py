"""The states of a batch as files: what JSON can hold."""

import json
from pathlib import Path

from tuneyard_worker.trainers.checkpoint_folders import State


class JsonStates:
    """Implements StateFiles for a job that leaves nothing to chance."""

    suffix = "json"

    def save(self, state: State, path: Path) -> None:
        path.write_bytes(_bytes(state))

    def load(self, path: Path) -> State:
        return json.loads(path.read_bytes())

    def size(self, state: State) -> int:
        return len(_bytes(state))

    def drawn(self) -> State:
        return None

    def draw_on(self, drawn: State) -> None:
        pass


def _bytes(state: State) -> bytes:
    return json.dumps(state, ensure_ascii=False).encode("utf-8", "surrogatepass")
