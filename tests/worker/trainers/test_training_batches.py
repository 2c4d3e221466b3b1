"""Batches: every row once, about equally long within a batch."""

import numpy as np
import torch

from tuneyard_worker.trainers.batches import parts, shuffled_by_length
from tuneyard_worker.trainers.tokens import Tokens

LENGTHS = [3 + (number * 37) % 60 for number in range(500)]


def shuffled(seed=0):
    return shuffled_by_length(LENGTHS, 16, torch.Generator().manual_seed(seed))


def padding(batches):
    return sum(max(LENGTHS[row] for row in batch) * len(batch) for batch in batches) - sum(LENGTHS)


def test_every_row_is_learnt_once():
    assert sorted(row for batch in shuffled() for row in batch) == list(range(500))


def test_batches_have_little_padding():
    in_order = [list(range(start, min(start + 16, 500))) for start in range(0, 500, 16)]
    assert padding(shuffled()) < padding(in_order) / 5


def test_the_order_is_random_and_repeatable():
    assert shuffled(1) == shuffled(1)
    assert shuffled(1) != shuffled(2)
    longest = [LENGTHS[batch[0]] for batch in shuffled()]
    assert longest != sorted(longest, reverse=True)


def test_parts_are_about_equal():
    assert [len(part) for part in parts(list(range(10)), 4)] == [3, 3, 3, 1]
    assert parts([1, 2], 4) == [[1], [2]]


def test_rows_are_embedded_longest_first_within_the_limits():
    tokens = Tokens([np.ones(length, np.int32) for length in LENGTHS], pad_token_id=0)
    batches = list(tokens.by_length(rows_per_batch=32, tokens_per_batch=640))
    assert sorted(row for batch in batches for row in batch) == list(range(500))
    assert LENGTHS[batches[0][0]] == max(LENGTHS)
    assert all(len(batch) <= 32 and len(batch) * LENGTHS[batch[0]] <= 640 for batch in batches)


def test_padding_is_masked():
    ids, mask = Tokens([np.array([5, 6], np.int32), np.array([7, 8, 9], np.int32)], pad_token_id=1).padded([0, 1])
    assert ids.tolist() == [[5, 6, 1], [7, 8, 9]]
    assert mask.tolist() == [[1, 1, 0], [1, 1, 1]]
