"""JSON: objects one a line (JSONL) or in an array; nested values stay JSON text. One object is held at a time."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tuneyard_worker.data.facts import Facts
from tuneyard_worker.data.lines import TextLines
from tuneyard_worker.data.names import name_columns
from tuneyard_worker.data.sentences import Sentence
from tuneyard_worker.data.staging import MOST_COLUMNS, Batch, Stage, too_many_columns
from tuneyard_worker.failures import JobFailure

LARGEST_OBJECT_CHARS = 64 << 20
NAMES = (".json", ".jsonl", ".ndjson")
SAMPLE_LINES = 20
MESSAGE_KEYS = frozenset({"role", "content", "from", "value", "name", "weight", "tool_calls", "tool_call_id"})
ARRAY_START = re.compile(r'\s*\[\s*[{\["\]]')
OBJECT_START = re.compile(r"\s*\{\s*(\"|\}|$)")
SPACE = re.compile(r"\s*")
ROWS_AT_ONCE = 1_000


class _Number(float):
    """A number that remembers how it was written, so that `1.0` stays `1.0`."""

    text: str

    def __new__(cls, text: str) -> "_Number":
        number = super().__new__(cls, text)
        number.text = text
        return number


DECODER = json.JSONDecoder(parse_float=_Number, strict=False)


@dataclass
class _Table:
    """Rows of objects whose keys are only known at the end."""

    stage: Stage
    keep_blank_rows: bool
    nul_lines: list[int]
    columns: dict[str, int] = field(default_factory=dict)
    batch: Batch = field(default_factory=Batch)

    def add(self, value: Any, line: int, raw: str) -> None:
        """Add an object as a row; anything else is rejected."""
        if not isinstance(value, dict):
            kind = {list: "a list", str: "a text", type(None): "null"}.get(type(value), "a single value")
            reason = Sentence(f"This is {kind}, not an object with named values.", "not_an_object")
            self.reject(line, raw, reason)
            return
        for key in value:
            if key not in self.columns:
                self.columns[key] = len(self.columns)
                if len(self.columns) > MOST_COLUMNS:
                    raise too_many_columns(len(self.columns))
        row = [""] * max(1, len(self.columns))
        for key, cell in value.items():
            text = cell_text(cell)
            if "\0" in text:
                text = text.replace("\0", "")
                self.nul_lines.append(line)
            row[self.columns[key]] = text
        self.batch.add(row, line)
        if len(self.batch) >= ROWS_AT_ONCE:
            self.flush()

    def reject(self, line: int, raw: str, reason: Sentence) -> None:
        self.flush()
        self.stage.reject(line, raw, reason, keep_place=self.keep_blank_rows)

    def flush(self) -> None:
        self.batch.flush(self.stage)


def looks_like_json(lines: list[str], filename: str) -> bool:
    """Whether a text begins as an array or is objects for the most part; a CSV cell may well begin with a brace.

    In a file that is named as JSON any values are taken for it, and what is no object is rejected by line.
    """
    filled = _filled(lines)
    if not filled:
        return False
    start = "".join(filled[:3])
    if ARRAY_START.match(start) or _mostly(_is_object, filled):
        return True
    if OBJECT_START.match(start) and _is_object("".join(lines), whole=False):
        return True
    return filename.lower().endswith(NAMES) and _mostly(
        lambda line: _is_value(line) or line.lstrip()[0] in "{[", filled
    )


def read_json(lines: TextLines, stage: Stage, *, keep_blank_rows: bool) -> Facts:
    """Read a JSON or JSONL file into `stage`; a key is a column, in the order of first appearance."""
    sample = lines.head()
    table = _Table(stage, keep_blank_rows, lines.nul_lines)
    is_array = ARRAY_START.match("".join(sample[:50])) is not None
    filled = _filled(sample)
    values = sum(map(_is_value, filled))
    per_line = len(filled) > 1 and (2 * values > len(filled) or (not is_array and any(map(_is_object, filled))))
    facts = Facts("jsonl" if per_line or not is_array else "json", [], encoding=lines.decoding.name)
    if per_line:
        facts.blank_rows = _read_lines(lines, table)
    else:
        _read_values(lines, table, in_array=is_array)
    table.flush()
    if stage.rows == stage.rejected * keep_blank_rows:
        raise _no_rows(stage)
    facts.columns = name_columns(list(table.columns), facts)
    facts.tell_bytes(lines.damaged, lines.nul_lines)
    return facts


def cell_text(value: Any) -> str:
    """A JSON value as a cell: text as it is, null empty, lists and objects as JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, _Number):
        return value.text
    return json.dumps(value, ensure_ascii=False)


def _read_lines(lines: TextLines, table: _Table) -> int:
    first, blank = 1, 0
    for block in lines.blocks():
        for number, line in enumerate(block, first):
            if not line.strip():
                blank += 1
                if table.keep_blank_rows:
                    table.batch.add([""], number)
                continue
            try:
                value = DECODER.decode(line)
            except (ValueError, RecursionError) as error:
                table.reject(number, line, _reason(error))
            else:
                table.add(value, number, line)
        first += len(block)
    return 0 if table.keep_blank_rows else blank


def _read_values(lines: TextLines, table: _Table, *, in_array: bool) -> None:
    """Read values one after another, in an array or bare, wherever the lines break."""
    for value, line in _values(lines, in_array=in_array):
        table.add(value, line, json.dumps(value, ensure_ascii=False)[:10_000])


def _unpacked(value: Any, text: str, position: int, line: int) -> Iterator[tuple[Any, int]]:
    """The rows in a value that stands at `position` of a text: those of a list, or of `{"data": [{…}, {…}]}`."""
    if isinstance(value, list):
        return _items(text, position, line)
    name = _wrapper(value) if isinstance(value, dict) else None
    return iter([(value, line)]) if name is None else _items(text, *_member(name, text, position, line))


def _wrapper(value: dict[str, Any]) -> str | None:
    """Which of its values holds the rows."""
    lists = [name for name, items in value.items() if isinstance(items, list) and items and isinstance(items[0], dict)]
    if len(lists) != 1 or len(value) > 5 or "messages" in value or _is_message(value[lists[0]][0]):
        return None
    return lists[0]


def _is_message(item: dict[str, Any]) -> bool:
    """Whether an object is a message of a conversation, so that a list of such is one row."""
    return item.keys() <= MESSAGE_KEYS and bool({"role", "from"} & item.keys())


def _items(text: str, position: int, line: int) -> Iterator[tuple[Any, int]]:
    """The items of a sound list, each with the line on which it begins."""
    position += 1
    while True:
        position, line = _skip(text, position, line)
        if text[position] == "]":
            return
        if text[position] == ",":
            position += 1
            continue
        item, end = DECODER.raw_decode(text, position)
        yield item, line
        position, line = end, line + _breaks(text, position, end)


def _member(name: str, text: str, position: int, line: int) -> tuple[int, int]:
    """Where in a sound object the value of this name begins, the last one if there are several; and on which line."""
    found = position, line
    position += 1
    while True:
        position, line = _skip(text, position, line)
        if text[position] == "}":
            return found
        if text[position] == ",":
            position += 1
            continue
        key, end = DECODER.raw_decode(text, position)
        position, line = _skip(text, end, line + _breaks(text, position, end))
        position, line = _skip(text, position + 1, line)
        if key == name:
            found = position, line
        _, end = DECODER.raw_decode(text, position)
        position, line = end, line + _breaks(text, position, end)


def _values(lines: TextLines, *, in_array: bool) -> Iterator[tuple[Any, int]]:
    """The rows of the file, with the line on which each begins."""
    buffer, position, line, opened = "", 0, 1, not in_array
    blocks = lines.blocks()
    while True:
        position, line = _skip(buffer, position, line)
        if position < len(buffer) and not opened:
            opened, position = True, position + 1
            continue
        if position < len(buffer) and in_array and buffer[position] == ",":
            position += 1
            continue
        if position < len(buffer) and in_array and buffer[position] == "]":
            _check_end(buffer, position + 1, line, blocks)
            return
        try:
            if position == len(buffer):
                raise ValueError("Unexpected end")
            value, end = DECODER.raw_decode(buffer, position)
            if end == len(buffer):
                raise ValueError("A number may go on in the next block")
        except (ValueError, RecursionError) as error:
            more = _read_more(blocks, len(buffer) - position)
            if not more:
                if position < len(buffer) and not in_array and not isinstance(error, RecursionError):
                    yield from _last_value(buffer[position:], line)
                    return
                if position == len(buffer) and not in_array:
                    return
                raise _broken(error, line, buffer[position:], position) from error
            buffer, position = buffer[position:] + more, 0
            continue
        yield from [(value, line)] if in_array else _unpacked(value, buffer, position, line)
        position, line = end, line + _breaks(buffer, position, end)


def _check_end(buffer: str, position: int, line: int, blocks: Iterator[list[str]]) -> None:
    """Refuse what follows the end of an array: it would be lost."""
    while True:
        position, line = _skip(buffer, position, line)
        if position < len(buffer):
            raise _broken(ValueError("More after the end"), line, buffer[position:])
        buffer, position = "".join(next(blocks, [])), 0
        if not buffer:
            return


def _skip(buffer: str, position: int, line: int) -> tuple[int, int]:
    match = SPACE.match(buffer, position)
    end = match.end() if match else position
    return end, line + _breaks(buffer, position, end)


def _breaks(text: str, start: int, end: int) -> int:
    """How many lines end in a part of a text, as TextLines has them: at LF, CRLF or CR."""
    returns = text.count("\r", start, end)
    return text.count("\n", start, end) + (returns - text.count("\r\n", start, end) if returns else 0)


def _read_more(blocks: Iterator[list[str]], held: int) -> str:
    """At least as much text as is held already, so that a large value is not tried again and again."""
    if held > LARGEST_OBJECT_CHARS:
        return ""
    parts: list[str] = []
    size = 0
    for block in blocks:
        parts.extend(block)
        size += sum(map(len, block))
        if size >= held:
            break
    return "".join(parts)


def _last_value(text: str, line: int) -> Iterator[tuple[Any, int]]:
    try:
        value = DECODER.decode(text)
    except ValueError as error:
        raise _broken(error, line, text) from error
    yield from _unpacked(value, text, 0, line)


def _broken(error: Exception, line: int, text: str, position: int = 0) -> JobFailure:
    """`text` begins on `line`; `position` is where it stood in what the error counts from."""
    if isinstance(error, RecursionError):
        return JobFailure(
            "json_too_deep",
            f"The JSON on line {line:,} is nested too deeply.",
            "Upload objects with named values that are texts or numbers.",
            details={"line": line},
        )
    reached = error.pos - position if isinstance(error, json.JSONDecodeError) else 0
    place = line + _breaks(text, 0, max(0, reached))
    near = f" near: {text.strip()[:60]}" if text.strip() else ""
    return JobFailure(
        "broken_json",
        f"The JSON breaks off or is wrong around line {place:,}{near}",
        "Correct it there, or upload one object a line (JSONL): then only broken lines are left out.",
        details={"line": place, "text": text.strip()[:60]},
    )


def _no_rows(stage: Stage) -> JobFailure:
    if stage.reasons:
        line, reason = stage.reasons[0]
        return JobFailure(
            "no_readable_object",
            f"No line could be read as a row. Line {line:,}: {reason.text}",
            'Upload objects with named values, such as {"text": "…", "label": "…"}.',
            details=reason.on_line(line),
        )
    return JobFailure("no_objects", "The JSON holds no objects.", 'Upload objects such as {"text": "…", "label": "…"}.')


def _filled(lines: list[str]) -> list[str]:
    return [line for line in lines if line.strip()][:SAMPLE_LINES]


def _mostly(holds: Callable[[str], bool], lines: list[str]) -> bool:
    return sum(map(holds, lines)) * 2 >= len(lines)


def _is_value(text: str) -> bool:
    try:
        json.loads(text)
    except RecursionError:
        return True
    except ValueError:
        return False
    return True


def _is_object(text: str, *, whole: bool = True) -> bool:
    """Whether a text is an object, or without `whole` begins with one; too deep a one is an object too."""
    text = text.strip()
    try:
        value, end = json.JSONDecoder().raw_decode(text)
    except RecursionError:
        return text.startswith("{")
    except ValueError:
        return False
    return isinstance(value, dict) and (end == len(text) or not whole)


def _reason(error: Exception) -> Sentence:
    if isinstance(error, json.JSONDecodeError):
        text = f"Broken JSON at character {error.pos + 1:,}: {error.msg}."
        return Sentence(text, "broken_json", {"character": error.pos + 1})
    if isinstance(error, RecursionError):
        return Sentence("The JSON is nested too deeply.", "json_too_deep")
    return Sentence(f"Broken JSON: {error}.", "broken_json_value")
