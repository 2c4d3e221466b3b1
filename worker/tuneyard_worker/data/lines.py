"""The lines of a text file, in blocks small enough to hold and large enough to be quick."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tuneyard_worker.data.encoding import Decoding

BLOCK_CHARS = 1 << 20

Progress = Callable[[float], None]


@dataclass
class TextLines:
    """Lines of `path` with their ends as they stand (LF, CRLF or CR), without NULs and byte order mark.

    Bytes that mean nothing in the encoding become U+FFFD; the numbers of such lines are in `damaged`, those that held
    a NUL in `nul_lines`.
    """

    path: Path
    decoding: Decoding
    progress: Progress

    def __post_init__(self) -> None:
        self.damaged: list[int] = []
        self.nul_lines: list[int] = []
        self.block_chars = BLOCK_CHARS
        self.size = max(1, self.path.stat().st_size)

    def blocks(self) -> Iterator[list[str]]:
        """Lists of whole lines of together about `block_chars` characters, which may be changed between them."""
        line = 1
        with (
            self.path.open("rb") as raw,
            io.TextIOWrapper(raw, encoding=self.decoding.codec, errors="replace", newline="") as stream,
        ):
            while block := stream.readlines(self.block_chars):
                if line == 1:
                    block[0] = block[0].removeprefix("\ufeff")
                self._mend(block, line)
                line += len(block)
                yield block
                self.progress(min(1.0, raw.tell() / self.size))

    def head(self) -> list[str]:
        """The first whole lines, for guessing."""
        probe = TextLines(self.path, self.decoding, lambda _: None)
        return next(iter(probe.blocks()), [])

    def _mend(self, block: list[str], first_line: int) -> None:
        if self.decoding.damaged:
            self.damaged.extend(number for number, text in enumerate(block, first_line) if "\ufffd" in text)
        text = "".join(block)
        if "\0" in text:
            for index, line in enumerate(block):
                if "\0" in line:
                    block[index] = line.replace("\0", "")
                    self.nul_lines.append(first_line + index)
