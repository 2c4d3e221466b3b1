"""Splits: even, repeatable, and no text on two sides."""

from collections import Counter

import pytest

from tuneyard.specs.sayings import Saying
from tuneyard_worker.data.splits import normalised, shares, split_rows
from tuneyard_worker.failures import JobFailure

LABELS = ["a"] * 60 + ["b"] * 30 + ["c"] * 10


def split(texts=None, labels=LABELS, *, named=None, column=None, test=0.2, validation=0.1, seed=1):
    texts = texts or [f"text {number}" for number in range(len(labels))]
    return split_rows(
        texts, labels, named=named, column=column, test_fraction=test, validation_fraction=validation, seed=seed
    )


def test_every_row_is_on_exactly_one_side():
    found = split()
    assert sorted([*found.train, *found.validation, *found.test]) == list(range(100))
    assert (found.counts.train, found.counts.validation, found.counts.test) == (72, 8, 20)
    assert found.counts.how == "20 % of the rows, evenly from every class"
    assert found.counts.how_saying == Saying(code="evenly", details={"share": "20 %"})


def test_classes_are_held_out_evenly():
    assert Counter(LABELS[row] for row in split().test) == {"a": 12, "b": 6, "c": 2}


def test_the_seed_decides():
    assert split(seed=1) == split(seed=1)
    assert split(seed=1).test != split(seed=2).test


def test_the_same_text_stays_on_one_side():
    texts = [f"  Text   {number % 25}" if number % 2 else f"text {number % 25}" for number in range(100)]
    found = split(texts)
    held_out = {normalised(texts[row]) for row in found.test}
    assert found.test
    assert held_out.isdisjoint(normalised(texts[row]) for row in found.not_held_out)
    assert {normalised(texts[row]) for row in found.validation}.isdisjoint(
        normalised(texts[row]) for row in found.train
    )


def test_a_class_of_one_row_is_learnt_from():
    labels = [*LABELS, "rare"]
    assert len(labels) - 1 in split(labels=labels).train


def test_every_class_can_be_learnt():
    labels = [label for number in range(30) for label in [f"class {number}"] * 2]
    found = split(labels=labels, test=0.5, validation=0.4)
    assert {labels[row] for row in found.train} == set(labels)


def test_shares_add_up():
    assert sum(shares(dict.fromkeys("abcdefghij", 3), 0.2).values()) == 6


@pytest.mark.parametrize("value", ["test", "TEST", " Holdout ", "eval", "held-out"])
def test_a_split_column_names_the_held_out_rows(value):
    named = [value if number < 15 else "Train" for number in range(100)]
    found = split(named=named, column="part")
    assert found.test == list(range(15))
    assert found.counts.how == "column 'part'"
    assert found.counts.how_saying == Saying(code="column", details={"column": "part"})
    assert len(found.validation) == 8


def test_a_split_column_may_name_the_validation_rows():
    named = [("test", "dev", "train")[number % 3] for number in range(100)]
    found = split(named=named, column="part")
    assert found.validation == list(range(1, 100, 3))


def test_validation_rows_are_the_exam_when_none_is_marked_test():
    named = [("val", "train", "train")[number % 3] for number in range(100)]
    found = split(named=named, column="part")
    assert found.test == list(range(0, 100, 3))
    assert found.counts.how_saying == Saying(code="column_validation", details={"column": "part"})
    assert found.validation
    assert set(found.validation).isdisjoint(found.test)


def test_rows_are_held_out_when_all_are_marked_train():
    found = split(named=["train"] * 100, column="part")
    assert len(found.test) == 20
    assert found.counts.how_saying == Saying(code="column_without_exam", details={"share": "20 %", "column": "part"})


def test_a_text_on_both_sides_of_a_split_column_is_counted():
    texts = ["same" if number in {0, 50} else f"text {number}" for number in range(100)]
    named = ["test" if number < 20 else "train" for number in range(100)]
    assert split(texts, named=named, column="part").shared_texts == 1


@pytest.mark.parametrize(
    ("named", "code", "words"),
    [
        (["train"] * 90 + ["maybe"] * 10, "split_value_unknown", "'maybe' is in 10 of them"),
        (["train"] * 99 + [None], "split_value_unknown", "nothing is in 1 of them"),
        (["test"] * 100, "split_without_train", "no usable row as train"),
    ],
)
def test_a_split_column_that_cannot_be_followed(named, code, words):
    with pytest.raises(JobFailure, match=words) as failure:
        split(named=named, column="part")
    assert failure.value.error.code == code
    assert "'part'" in failure.value.error.message
    assert failure.value.error.hint
