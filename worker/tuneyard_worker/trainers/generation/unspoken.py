"""Empty thoughts before answers, as some templates write them: a model learns them, yet does not say them."""

from collections.abc import Iterator, Sequence

import numpy as np

from tuneyard_worker.trainers.generation.examples import Example


def mostly_at_once(examples: Sequence[Example], thought: Sequence[int]) -> bool:
    """Whether most of the answers begin with the tokens of an empty thought; not if there are no such tokens."""
    found = [_begins(example, begin, thought) for example in examples for begin in _begins_of_answers(example)]
    return bool(thought) and 2 * sum(found) > len(found)


def without_empty_thoughts(example: Example, thought: Sequence[int]) -> Example:
    """With them given instead of learnt, as models are given them in the exam; as it is if nothing else is learnt."""
    learned = example.learned.copy()
    for begin in _begins_of_answers(example) if thought else ():
        if _begins(example, begin, thought):
            learned[begin : begin + len(thought)] = False
    given = Example(example.ids, learned)
    return given if given.weight else example


def _begins_of_answers(example: Example) -> Iterator[int]:
    """Where something is learnt, and nothing before it."""
    yield from np.flatnonzero(np.diff(example.learned.astype(np.int8), prepend=0) == 1).tolist()


def _begins(example: Example, begin: int, thought: Sequence[int]) -> bool:
    return np.array_equal(example.ids[begin : begin + len(thought)], thought)
