"""States of trainings as files: dicts, lists, numbers, strings and tensors."""

from pathlib import Path

import torch

from tuneyard_worker.trainers import random_states
from tuneyard_worker.trainers.checkpoint_folders import State


class TorchStates:
    """Implements StateFiles."""

    suffix = "pt"

    def save(self, state: State, path: Path) -> None:
        with path.open("wb") as stream:
            torch.save(state, stream)

    def load(self, path: Path) -> State:
        return torch.load(path, map_location="cpu", weights_only=True)

    def size(self, state: State) -> int:
        """Of its tensors."""
        if isinstance(state, torch.Tensor):
            return state.nbytes
        if isinstance(state, dict):
            return sum(map(self.size, state.values()))
        return sum(map(self.size, state)) if isinstance(state, list | tuple) else 0

    def drawn(self) -> State:
        return random_states.take()

    def draw_on(self, drawn: State) -> None:
        random_states.put_back(drawn)
