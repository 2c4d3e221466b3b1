"""Control tokens of a base model inside of what people wrote, as `<|im_end|>` in a cell: text, never control.

A chat template writes its own control tokens around what was said. So those that stand in what was said are hidden from
it behind marks, and where the marks come out of the template stands a part that is to be encoded as plain text.
"""

import re
from collections.abc import Iterable

OPEN, CLOSE = "\ufdd0", "\ufdd1"  # not characters, by Unicode's own word, and hidden themselves where they occur
MARK = re.compile(f"{OPEN}(\\d+){CLOSE}")


class ControlTokens:
    """Those of one tokenizer."""

    def __init__(self, tokens: Iterable[str]) -> None:
        self._hidden = [OPEN, *sorted(set(tokens) - {""}, key=lambda token: (-len(token), token))]
        self._numbers = {token: number for number, token in enumerate(self._hidden)}
        self._any = re.compile("|".join(map(re.escape, self._hidden)))

    def hide(self, text: str) -> str:
        """What was said, with a mark for each control token in it."""
        return self._any.sub(lambda found: f"{OPEN}{self._numbers[found[0]]}{CLOSE}", text)

    def reveal(self, text: str) -> list[tuple[str, bool]]:
        """The text in parts, and of each whether it is to be encoded without any meaning to control tokens."""
        parts = MARK.split(text)
        found = [(self._hidden[int(part)], True) if place % 2 else (part, False) for place, part in enumerate(parts)]
        return [(part, plain) for part, plain in found if part]
