"""Whose text is written next, and who is refused when too many wait."""

from collections import Counter
from dataclasses import dataclass

from tuneyard_worker.serving.engines.turns import Turns


@dataclass(eq=False)
class Asked:
    workspace: str
    number: int = 0
    gone: bool = False


def queue_of(workspaces: str, most: int = 100) -> Turns[Asked]:
    turns: Turns[Asked] = Turns(most)
    for number, workspace in enumerate(workspaces):
        assert turns.add(Asked(workspace, number)) is None
    return turns


def taken(turns: Turns[Asked], count: int | None = None, running: dict[str, int] | None = None) -> str:
    return "".join(turns.take(running or {}).workspace for _ in range(len(turns) if count is None else count))


def test_workspaces_take_turns_and_each_keeps_its_order() -> None:
    turns = queue_of("aaaaabbc")
    order = [turns.take({}) for _ in range(len(turns))]
    assert "".join(each.workspace for each in order) == "abcabaaa"
    for workspace in "abc":
        numbers = [each.number for each in order if each.workspace == workspace]
        assert numbers == sorted(numbers)


def test_time_away_is_not_saved_up() -> None:
    turns = queue_of("aaaaaaaa")
    assert taken(turns, 4) == "aaaa"
    for _ in range(4):
        turns.add(Asked("b"))
    assert Counter(taken(turns, 4)) == {"a": 2, "b": 2}


def test_who_has_just_had_a_turn_and_comes_back_waits_for_the_others() -> None:
    turns = queue_of("aab")
    assert taken(turns, 1) == "a"
    assert taken(turns, 1) == "b"
    turns.add(Asked("b"))
    assert taken(turns) == "ab"


def test_the_workspace_with_the_fewest_texts_being_written_comes_first() -> None:
    turns = queue_of("aab")
    assert taken(turns, 1, {"b": 1}) == "a"
    assert taken(turns, 1, {"a": 2, "b": 1}) == "b"


def test_no_workspace_fills_the_queue_for_the_others() -> None:
    turns = queue_of("aaaa", most=4)
    own = Asked("a", 9)
    assert turns.add(own) is own
    out = turns.add(Asked("b", 5))
    assert out is not None
    assert (out.workspace, out.number) == ("a", 3)
    out = turns.add(Asked("b", 6))
    assert out is not None
    assert out.workspace == "a"
    # Level now: whoever comes is refused, and pushes nobody out.
    for workspace in "ab":
        item = Asked(workspace)
        assert turns.add(item) is item
    assert Counter(each.workspace for each in turns) == {"a": 2, "b": 2}


def test_what_nobody_waits_for_takes_no_turn() -> None:
    turns = queue_of("aab")
    for item in turns:
        item.gone = item.number == 0 or item.workspace == "b"
    turns.drop()
    assert len(turns) == 1
    assert turns.take({}).number == 1
    assert len(turns) == 0
