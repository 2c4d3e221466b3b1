"""Thoughts and answers are parted wherever a token ends."""

import pytest

from tuneyard_worker.serving.writing.thoughts import Thoughts


def parted(pieces: list[str], *, begun: bool = False) -> tuple[str, str]:
    thoughts = Thoughts(begun=begun)
    told = [*map(thoughts.add, pieces), thoughts.add("", ends=True)]
    return "".join(thought for thought, _ in told), "".join(answer for _, answer in told)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 100])
@pytest.mark.parametrize(
    ("text", "thought", "answer"),
    [
        ("It is red.", "", "It is red."),
        ("<think>\n\n</think>\n\nIt is red.", "", "It is red."),
        ("<think>\nRed?\n\n Or < </ thin.\n</think>\n\nIt is\n red.\n", "Red?\n\n Or < </ thin.", "It is\n red.\n"),
        ("\n<think>Red</think>It", "Red", "It"),
        ("<think>I was cut off </thi", "I was cut off </thi", ""),
        ("  <b>bold</b>", "", "  <b>bold</b>"),
        ("<thin", "", "<thin"),
        ("So <think>it</think> is", "", "So <think>it</think> is"),
        ("<think>a</think>b<think>c</think>", "a", "b<think>c</think>"),
        ("", "", ""),
    ],
)  # fmt: skip
def test_what_is_thought_is_no_part_of_the_answer(text: str, thought: str, answer: str, size: int) -> None:
    pieces = [text[place : place + size] for place in range(0, len(text), size)]
    assert parted(pieces) == (thought, answer)


def test_a_thought_that_the_question_has_begun_goes_on() -> None:
    assert parted(["\nRed", "?\n</th", "ink>\n\n", "Red."], begun=True) == ("Red?", "Red.")


def test_what_is_no_thought_is_given_at_once() -> None:
    thoughts = Thoughts(begun=False)
    assert thoughts.add("It") == ("", "It")
    thoughts = Thoughts(begun=False)
    assert thoughts.add("<think>Red") == ("Red", "")
