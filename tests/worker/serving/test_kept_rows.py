"""Which rows are gone on with, and which are spared."""

import pytest

from tuneyard_worker.serving.engines.kept_rows import KeptRows, Whose, shared

MINE = Whose("a", None)


class Adapter:
    """Any object that can be gone."""


@pytest.mark.parametrize(
    ("held", "ids", "count"),
    [([1, 2, 3], [1, 2, 4], 2), ([1, 2, 3], [1, 2, 3], 2), ([1, 2], [1, 2, 3], 2), ([], [1], 0), ([2], [1, 2], 0)],
)
def test_of_what_begins_alike_the_last_token_is_read_in_any_case(held: list[int], ids: list[int], count: int) -> None:
    assert shared(held, ids) == count


def test_the_longest_beginning_is_the_best() -> None:
    rows = KeptRows(3)
    rows.keep(0, [1, 2], MINE)
    rows.keep(1, [1, 2, 3], MINE)
    assert rows.best([1, 2, 3, 4], MINE) == (1, 3)
    assert rows.best([1, 2, 3, 4], Whose("b", None))[1] == 0
    rows.swap(1, 2)
    assert rows.best([1, 2, 3, 4], MINE) == (2, 3)
    assert [rows.length(row) for row in range(3)] == [2, 0, 3]


def test_the_oldest_is_spared_first_and_an_empty_one_before_it() -> None:
    rows = KeptRows(3)
    rows.keep(2, [1], MINE)
    rows.keep(0, [2], MINE)
    assert rows.oldest(0, None) == 1
    rows.keep(1, [3], MINE)
    assert rows.oldest(0, None) == 2
    assert rows.oldest(0, but=2) == 0
    assert rows.oldest(2, but=2) == 2, "there is no other"
    rows.forget(1)
    assert rows.oldest(0, None) == 1


def test_what_was_written_with_an_adapter_goes_with_it() -> None:
    rows, adapter = KeptRows(2), Adapter()
    rows.keep(1, [1, 2], Whose("a", adapter))
    assert rows.best([1, 2, 3], Whose("a", adapter)) == (1, 2)
    assert rows.best([1, 2, 3], Whose("a", Adapter()))[1] == 0
    assert rows.best([1, 2, 3], MINE)[1] == 0
    rows.keep(0, [9], MINE)
    assert rows.oldest(0, None) == 1
    del adapter
    assert rows.best([1, 2, 3], MINE)[1] == 0
    rows.clear()
    assert rows.length(0) == 0
