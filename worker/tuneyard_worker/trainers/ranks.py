"""Several processes teach one model: each computes its share of every step, and all take the same step."""

import os
from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar

import torch

T = TypeVar("T")

# A card that has not answered for so long has failed; reading a large model from a slow disk takes minutes.
PATIENCE = timedelta(minutes=10)


class Ranks:
    """The processes, as one of them sees them. This is one that is alone."""

    rank = 0
    """Its number; the first is the one that writes and decides."""
    count = 1

    def share(self, items: Sequence[T]) -> list[T]:
        """Those of a batch that this process computes."""
        return list(items[self.rank :: self.count])

    def add_up(self, parameters: Sequence[torch.Tensor], numbers: list[float]) -> list[float]:
        """Make every gradient the sum of those of all processes; the sums of their numbers."""
        return numbers

    def first_says(self, value: float) -> float:
        """What the first process says, whatever this one has found: clocks and cards differ."""
        return value

    def leave(self) -> None:
        """There is nothing more to do together."""


ALONE = Ranks()


class Together(Ranks):
    """One of several processes of this machine."""

    def __init__(self, rank: int, count: int, port: int, device: torch.device) -> None:
        """Wait for the others, at most PATIENCE."""
        from accelerate import PartialState

        self._before = dict(os.environ)
        os.environ |= {
            "RANK": str(rank),
            "LOCAL_RANK": str(rank),
            "WORLD_SIZE": str(count),
            "LOCAL_WORLD_SIZE": str(count),
            "MASTER_ADDR": "127.0.0.1",
            "MASTER_PORT": str(port),
        }
        self.rank, self.count, self._device = rank, count, device
        PartialState(cpu=device.type == "cpu", timeout=PATIENCE)

    def add_up(self, parameters: Sequence[torch.Tensor], numbers: list[float]) -> list[float]:
        # In one piece: a call for each of a thousand adapters would take longer than the step.
        parts = [torch.zeros_like(each) if each.grad is None else each.grad for each in parameters]
        whole = torch.cat([*(part.flatten().float() for part in parts), torch.tensor(numbers, device=self._device)])
        torch.distributed.all_reduce(whole)
        *sums, told = torch.split(whole, [*(part.numel() for part in parts), len(numbers)])
        for each, total in zip(parameters, sums, strict=True):
            each.grad = total.view_as(each).to(each.dtype)
        return [float(number) for number in told]

    def first_says(self, value: float) -> float:
        told = torch.tensor([value], dtype=torch.float64, device=self._device)
        torch.distributed.broadcast(told, src=0)
        return float(told)

    def leave(self) -> None:
        from accelerate import PartialState

        torch.distributed.destroy_process_group()
        PartialState._reset_state()
        os.environ.clear()
        os.environ |= self._before
