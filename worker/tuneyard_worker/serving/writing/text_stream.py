"""Text from tokens as they come, up to where somebody wanted it to stop."""

from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer
from tokenizers.decoders import DecodeStream

BROKEN = "\N{REPLACEMENT CHARACTER}"
LOOKED_AT = 8
"""Of the tokens that a text goes on from, the last ones."""


class TextStream:
    """Gives characters once they are whole and can't be the beginning of a stop any more."""

    def __init__(self, tokenizer: Tokenizer, stops: Sequence[str], before: Sequence[int] = ()) -> None:
        """`before` are tokens that the text goes on from: some tokenizers take the space off what begins a text."""
        self._tokenizer = tokenizer
        last = list(before[-LOOKED_AT:])
        known = str(tokenizer.decode(last, skip_special_tokens=True))
        # What is no whole character yet would be given once more.
        self._decoder = DecodeStream([] if known.endswith(BROKEN) else last, skip_special_tokens=True)
        self._stops = [stop for stop in stops if stop]
        self._held = ""
        self.stopped = False
        """A stop was found; it and what stands behind it are not part of the text."""

    @property
    def holds(self) -> bool:
        """Whether something is held back."""
        return bool(self._held)

    def add(self, token: int) -> str:
        """What can be given after one more token."""
        self._held += self._decoded(token)
        places = [place for place in (self._held.find(stop) for stop in self._stops) if place >= 0]
        if places:
            self.stopped = True
            return self._give(min(places), drop=True)
        return self._give(len(self._held) - self._uncertain())

    def rest(self) -> str:
        """What was held back, at the end."""
        return self._give(len(self._held))

    def _decoded(self, token: int) -> str:
        """The characters that are whole with one more token."""
        try:
            return self._decoder.step(self._tokenizer, token) or ""
        # The library has no narrower one for bytes that make those before them, which were given, no characters.
        except Exception:
            self._decoder = DecodeStream(skip_special_tokens=True)
            return self._decoder.step(self._tokenizer, token) or ""

    def _give(self, length: int, *, drop: bool = False) -> str:
        given, self._held = self._held[:length], "" if drop else self._held[length:]
        return given

    def _uncertain(self) -> int:
        """Length of the longest end of the text that a stop could begin with."""
        longest = max((len(stop) for stop in self._stops), default=1) - 1
        ends = range(min(longest, len(self._held)), 0, -1)
        return next((size for size in ends if any(stop.startswith(self._held[-size:]) for stop in self._stops)), 0)


def open_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of a model's folder, which neither cuts nor fills."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
