"""Parts of a batch that are computed side by side, each by threads of its own.

Two threads that share every matrix product of a small model wait for each other most of the time. Two threads that each
compute the products of half of the rows never do.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch

Part = TypeVar("Part")
Result = TypeVar("Result")


class Lanes:
    """At most as many as there are threads. Belongs to one thread at a time."""

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None

    def run(self, work: Callable[[Part], Result], some: Sequence[Part], threads: int) -> list[Result]:
        """What `work` makes of each part, with so many threads in all. Whatever one raises comes out."""
        if len(some) == 1:
            return [work(some[0])]
        each = max(1, threads // len(some))

        def alone(part: Part) -> Result:
            # OpenMP keeps this number for each thread that asks it to compute.
            torch.set_num_threads(each)
            return work(part)

        if self._pool is None:
            self._pool = ThreadPoolExecutor(thread_name_prefix="lane")
        futures = [self._pool.submit(alone, part) for part in some]
        try:
            return [future.result() for future in futures]
        finally:
            torch.set_num_threads(threads)


def split(sequences: list[list[int]], lengths: Sequence[int], count: int) -> list[list[list[int]]]:
    """Sequences of rows in at most `count` groups of about as many tokens.

    Rows of a sequence don't see each other, so where there are fewer sequences than groups they are taken apart.
    """
    if len(sequences) < count:
        pieces = -(-count // len(sequences))
        sequences = [piece for sequence in sequences for piece in _dealt([[row] for row in sequence], lengths, pieces)]
        groups = _dealt([[sequence] for sequence in sequences], lengths, count)
    return groups
