"""The child process that shows what would be learned from a row: `python -m tuneyard_worker.trainers.generation.preview
DIR`. It reads the row, writes it and makes tokens of it with the code of the training, and needs no torch for it.

Exit status 0: `preview.json` is there. 1: `error.json` says why not.
"""

import json
import resource
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb

from tuneyard.specs.chat_preview import ChatPreview, ChatPreviewSpec, PreviewLesson, PreviewToken
from tuneyard.specs.sayings import Remark
from tuneyard.specs.tasks import Role, columns_of
from tuneyard_worker.data.chat_text import ChatText, Piece, alike_within, out_of_reach, token_ids
from tuneyard_worker.data.conversations import Cells, Conversation, Problem, Shape
from tuneyard_worker.data.file_lines import FileLines
from tuneyard_worker.data.messages import NotAConversation
from tuneyard_worker.data.plain_tokenizer import PlainTokenizer
from tuneyard_worker.data.sentences import Sentence
from tuneyard_worker.data.staging import identifier, literal
from tuneyard_worker.runner import guarded, limit_memory

MOST_ROWS_OF_ONE = 1_000
# What Python's `strip` takes away.
AROUND = r"[\s\x0b\x1c-\x1f\x{85}\pZ]+"
LONGEST_REST = 4_000


def run(folder: Path) -> int:
    """Show what `spec.json` of `folder` asks for; the exit status of the process."""
    spec = ChatPreviewSpec.model_validate_json((folder / "spec.json").read_bytes())
    limit_memory(spec.budget)
    resource.setrlimit(resource.RLIMIT_CPU, (spec.cpu_seconds, spec.cpu_seconds))
    return guarded(folder, lambda: write_preview(spec, folder))


def write_preview(spec: ChatPreviewSpec, folder: Path) -> None:
    """Write `preview.json`."""
    (folder / "preview.json").write_text(preview(spec).model_dump_json(), encoding="utf-8")


def preview(spec: ChatPreviewSpec) -> ChatPreview:
    """What would be learned from the row."""
    shape = Shape(spec.columns, spec.system_prompt, spec.prompt_template, tuple(spec.answering_authors))
    with duckdb.connect(config={"threads": spec.budget.threads}) as database:
        source = f"read_parquet({literal(spec.rows)}, file_row_number=true)"
        numbers, cells = _read(database, source, shape, spec.row)
        lines = FileLines.read(database, spec.rows)
        (total,) = database.execute(f"SELECT count(*) FROM {source}").fetchone() or (0,)
    reading = shape.read(cells)
    lessons: list[PreviewLesson] = []
    problem: Sentence | None = None
    found = next(iter(reading.conversations), None)
    longest = min(spec.max_length, _longest(spec.tokenizer))
    if found is None:
        problem = next((each.reason for each in reading.problems), None)
    else:
        try:
            lessons = _lessons(found, PlainTokenizer(spec.tokenizer), longest)
            problem = _problem(lessons, longest)
        except NotAConversation as refusal:
            problem = refusal.reason
    first = found or next(iter(reading.problems), Problem(1, out_of_reach(longest)))
    row = numbers[first.row - 1] if numbers else spec.row
    return ChatPreview(
        row=row,
        **{lines.unit: lines.line_of(row)},
        rows=total,
        max_length=longest,
        lessons=lessons,
        problem=Remark(code=problem.code, message=problem.text, details=problem.details) if problem else None,
    )


def _read(
    database: duckdb.DuckDBPyConnection, source: str, shape: Shape, row: int
) -> tuple[list[int], Iterator[Cells]]:
    """The row; where several make a conversation, all of those that belong to it. Their numbers, and their cells."""
    chosen = ", ".join(map(identifier, shape.names))
    where, values = "file_row_number = ?", [row - 1]
    if column := next(iter(columns_of(shape.columns, Role.CONVERSATION)), None):
        name = f"regexp_replace({identifier(column)}, '^{AROUND}|{AROUND}$', '', 'g')"
        # A row that belongs to no conversation is looked at by itself.
        its = f"SELECT {name} FROM {source} WHERE file_row_number = ? AND {name} <> ''"
        where = f"file_row_number = ? OR {name} = ({its})"
        values = [row - 1, row - 1]
    query = f"SELECT file_row_number, {chosen} FROM {source} WHERE {where} ORDER BY 1 LIMIT {MOST_ROWS_OF_ONE}"
    rows = database.execute(query, values).fetchall()
    return [number + 1 for number, *_ in rows], (dict(zip(shape.names, cells, strict=True)) for _, *cells in rows)


def _lessons(conversation: Conversation, tokenizer: PlainTokenizer, longest: int) -> list[PreviewLesson]:
    chat = ChatText(tokenizer)
    lessons = [_lesson(pieces, tokenizer, longest) for pieces in chat.lessons(conversation.messages)]
    if conversation.rejected is not None:
        others = chat.lessons(conversation.rejected_messages)
        lessons += [_lesson(pieces, tokenizer, longest, rejected=True) for pieces in others]
    return lessons


def _lesson(pieces: list[Piece], tokenizer: PlainTokenizer, longest: int, *, rejected: bool = False) -> PreviewLesson:
    tokens = [
        PreviewToken(id=number, text=text, learned=piece.learned)
        for piece in pieces
        for number, text in zip(
            token_ids(piece, tokenizer), tokenizer.texts(piece.text, split_special_tokens=piece.plain), strict=True
        )
    ]
    rest = "".join(token.text for token in tokens[longest:])
    return PreviewLesson(tokens=tokens[:longest], total=len(tokens), rest=rest[:LONGEST_REST], rejected=rejected)


def _problem(lessons: list[PreviewLesson], longest: int) -> Sentence | None:
    """Why nothing is to be learned from them, if nothing is."""
    within = [lesson for lesson in lessons if any(token.learned for token in lesson.tokens[1:])]
    if not within or (lessons[-1].rejected and len(within) < len(lessons)):
        return out_of_reach(longest)
    alike = lessons[-1].rejected and lessons[0].tokens == lessons[-1].tokens
    return alike_within(longest) if alike else None


def _longest(folder: Path) -> int:
    """Tokens of the longest conversation that the base model can follow."""
    return int(json.loads((folder / "config.json").read_text(encoding="utf-8"))["max_position_embeddings"])


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1])))
