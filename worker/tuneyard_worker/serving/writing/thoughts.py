"""What some models think aloud before they answer, parted from the answer as the exam does it."""

from enum import Enum, auto

from tuneyard_worker.data.chat_text import BEGIN_THOUGHT as BEGIN
from tuneyard_worker.data.chat_text import END_THOUGHT as END


class Place(Enum):
    """Where in an answer a text has come to."""

    BEFORE = auto()
    """It may still turn out to begin with a thought."""
    THOUGHT = auto()
    BEHIND = auto()
    """A thought has ended; blanks before the answer belong to neither."""
    ANSWER = auto()


class Thoughts:
    """Tells thought from answer while a text is written. The blanks around a thought are left out."""

    def __init__(self, *, begun: bool) -> None:
        """`begun`: the question ends with the beginning of a thought, as some templates have it."""
        self._place = Place.THOUGHT if begun else Place.BEFORE
        self._held = ""
        self._told = False
        """Something of the thought was given."""

    def add(self, text: str, *, ends: bool = False) -> tuple[str, str]:
        """What can be given after some more text, which may be the last: of the thought, of the answer."""
        thought, answer = self._add(text)
        if ends and self._place is Place.THOUGHT:
            thought += self._give().rstrip()
        elif ends and self._place is Place.BEFORE:
            answer += self._give()
        return thought, answer

    def _add(self, text: str) -> tuple[str, str]:
        self._held += text
        thought = ""
        if self._place is Place.BEFORE:
            self._look_for_a_thought()
        if self._place is Place.THOUGHT:
            thought = self._thought()
        if self._place is Place.BEHIND:
            self._held = self._held.lstrip()
            if self._held:
                self._place = Place.ANSWER
        return thought, self._give() if self._place is Place.ANSWER else ""

    def _look_for_a_thought(self) -> None:
        begun = self._held.lstrip()
        if begun.startswith(BEGIN):
            self._place, self._held = Place.THOUGHT, begun.removeprefix(BEGIN)
        elif not BEGIN.startswith(begun):
            self._place = Place.ANSWER

    def _thought(self) -> str:
        if not self._told:
            self._held = self._held.lstrip()
        thought, end, behind = self._held.partition(END)
        if end:
            self._place, self._held = Place.BEHIND, behind
            return thought.rstrip()
        # Blanks may be those before its end, and the last characters may begin that.
        sure = thought[: len(thought) - _begins(thought, END)].rstrip()
        self._held = thought[len(sure) :]
        self._told = self._told or bool(sure)
        return sure

    def _give(self) -> str:
        given, self._held = self._held, ""
        return given


def _begins(text: str, mark: str) -> int:
    """Length of the longest end of a text that is a beginning of the mark."""
    sizes = range(min(len(mark) - 1, len(text)), 0, -1)
    return next((size for size in sizes if mark.startswith(text[-size:])), 0)
