"""Which columns could be text, label and split, and why, in words for the person who chooses."""

import math
import re
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from tuneyard.specs.dataset import ColumnProfile, ColumnType
from tuneyard.specs.sayings import Details
from tuneyard.specs.tasks import ColumnMapping, Role, Task, columns_of
from tuneyard_worker.data.chat_suggestions import ChatColumns, suggest_chat
from tuneyard_worker.data.columns import MOST_CATEGORIES, ColumnStats, is_filled
from tuneyard_worker.data.sentences import Sentence, sayings, together
from tuneyard_worker.data.staging import identifier, literal
from tuneyard_worker.data.vocabulary import (
    LABEL_NAMES,
    LANGUAGE_NAMES,
    SPLIT_NAMES,
    SPLIT_VALUES,
    STRONG_LABEL_NAMES,
    TEXT_NAMES,
    TITLE_NAMES,
    TRAIN_VALUES,
    hints_at,
)

# A tenth of the cells may say something else and the column still gives the answer away.
COPY_ASSOCIATION = 0.9
MOST_SPELLINGS = 10
LANGUAGE_CODE = re.compile(r"[a-z]{2,3}([-_][A-Za-z]{2,4})?")
TYPE_REASONS: dict[ColumnType, str] = {
    ColumnType.EMPTY: "Every cell is empty; it can be dropped.",
    ColumnType.DATE: "Holds dates, which say nothing about the text.",
    ColumnType.IDENTIFIER: "Every row has its own value, so it names the row and cannot be learned from.",
    ColumnType.NUMBER: "Holds numbers.",
    ColumnType.INTEGER: "Holds whole numbers.",
    ColumnType.BOOLEAN: "Holds yes or no.",
    ColumnType.CATEGORY: "A few values that repeat.",
    ColumnType.TEXT: "Holds text.",
}


NEVER_LABELS = frozenset({ColumnType.EMPTY, ColumnType.DATE, ColumnType.IDENTIFIER, ColumnType.NUMBER})


@dataclass
class Suggestion:
    """The roles found, with a reason for the whole and for single columns."""

    task: Task | None = None
    columns: ColumnMapping = field(default_factory=dict)
    reason: Sentence | None = None
    reasons: dict[str, list[Sentence]] = field(default_factory=dict)

    def explain(self, column: str, text: str, code: str, **details: str | int | list[str]) -> None:
        """Add a sentence to the reason of a column."""
        self.reasons.setdefault(column, []).append(Sentence(text, code, dict(details)))


def suggest(database: duckdb.DuckDBPyConnection, data: Path, stats: list[ColumnStats]) -> Suggestion:
    """Find the columns of conversations, else text, label and split columns for text classification."""
    found = Suggestion(reason=_other_task(stats))
    if found.reason is not None:
        return found
    split = next((column for column in stats if _is_split(column)), None)
    chat = suggest_chat(database, f"read_parquet({literal(data)})", [column for column in stats if column is not split])
    if chat is not None:
        return _of_chat(chat, split)
    if split is not None:
        found.columns[Role.SPLIT] = split.name
        found.explain(split.name, "Says which rows are for training and which for testing.", "split")
    rest = [column for column in stats if column is not split]
    label = _choose_label(rest, found)
    copies = _copies_of(database, data, label, rest) if label is not None else set()
    for name in sorted(copies):
        answer = label.name if label else ""
        words = f"Says the same as '{answer}', so it would give the answer away."
        found.reasons[name] = [Sentence(words, "copy", {"label": answer})]
    texts = sorted((c for c in rest if c is not label and c.name not in copies), key=_text_score, reverse=True)
    text = texts[0] if texts and _text_score(texts[0]) > 0 else None
    if label is not None:
        found.columns[Role.LABEL] = label.name
    if text is not None:
        found.columns[Role.TEXT] = text.name
        _explain_text(text, found)
        _add_titles(found, text, [column for column in stats if column in texts])
    _conclude(found, text, label, stats)
    return found


def column_profile(stats: ColumnStats, suggestion: Suggestion) -> ColumnProfile:
    """The profile of one column with its role."""
    role = next((role for role in suggestion.columns if stats.name in columns_of(suggestion.columns, role)), None)
    reasons = suggestion.reasons.get(stats.name) or [Sentence(TYPE_REASONS[stats.type], f"type_{stats.type}")]
    return ColumnProfile(
        name=stats.name,
        type=stats.type,
        suggested_role=role,
        reason=together(reasons),
        reasons=sayings(reasons),
        missing=stats.missing,
        distinct=stats.distinct,
        examples=list(stats.examples),
        top_values=list(stats.top_values),
        lengths=stats.lengths,
    )


def _other_task(stats: list[ColumnStats]) -> Sentence | None:
    """Why a table that is plainly made for another task has no suggestion; None for any other table."""
    names = {column.name for column in stats}
    if names == {"tokens", "tags"}:
        text = "Every row is a sentence with a tag for each word; labelling single words is not supported yet."
        return Sentence(text, "other_task_tags")
    return None


def _of_chat(chat: ChatColumns, split: ColumnStats | None) -> Suggestion:
    found = Suggestion(chat.task, dict(chat.columns), chat.reason, {name: [why] for name, why in chat.reasons.items()})
    if split is not None:
        found.columns[Role.SPLIT] = split.name
        found.explain(split.name, "Says which rows are for training and which for testing.", "split")
    return found


def _is_split(column: ColumnStats) -> bool:
    values = {value.value.strip().casefold() for value in column.top_values}
    known = 2 <= len(values) <= 5 and values <= SPLIT_VALUES and bool(values & TRAIN_VALUES)
    return known or (hints_at(column.name, SPLIT_NAMES) and 1 <= len(values) <= 5 and values <= SPLIT_VALUES)


def _choose_label(columns: list[ColumnStats], found: Suggestion) -> ColumnStats | None:
    ranked = sorted((column for column in columns if _can_be_label(column)), key=_label_score, reverse=True)
    if not ranked:
        return None
    best, others = ranked[0], ranked[1:]
    values = [value.value[:40] for value in best.top_values[:3]]
    shown = ", ".join(f"'{value}'" for value in values) + (" …" if best.distinct > 3 else "")
    text = f"{best.distinct:,} values that repeat ({shown})."
    found.explain(best.name, text, "label_repeats", count=best.distinct, values=values)
    if hints_at(best.name, LABEL_NAMES):
        found.explain(best.name, "It is named like a label.", "label_name")
    if others:
        why, code = _why_preferred(best, others[0])
        text = f"It was preferred to '{others[0].name}' because {why}."
        found.explain(best.name, text, code, other=others[0].name)
    for other in others:
        text = f"Could be a label too ({other.distinct:,} values), but '{best.name}' suits better."
        found.explain(other.name, text, "label_too", count=other.distinct, label=best.name)
    return best


def _can_be_label(column: ColumnStats) -> bool:
    if column.type in NEVER_LABELS or _is_language(column):
        return False
    if not 2 <= column.distinct <= MOST_CATEGORIES or column.lengths is None or column.lengths.p95 > 100:
        return False
    if column.missing > 0.9 * column.rows:
        return False
    repeats = 1.2 if hints_at(column.name, LABEL_NAMES) else 2.0
    return column.filled >= repeats * column.distinct


def _label_score(column: ColumnStats) -> float:
    score = 0.0
    if hints_at(column.name, STRONG_LABEL_NAMES):
        score += 4
    elif hints_at(column.name, LABEL_NAMES):
        score += 2.5
    if hints_at(column.name, TEXT_NAMES):
        score -= 1.5
    if column.type is ColumnType.INTEGER:
        score -= 1.5  # the same classes spelled out in another column are easier to read
    if column.distinct > 50:
        score -= 0.5
    score -= 2 * column.missing / max(1, column.rows)
    return score - 0.5 * (column.lengths.mean > 40 if column.lengths else 0)


def _why_preferred(best: ColumnStats, other: ColumnStats) -> tuple[str, str]:
    for names in (STRONG_LABEL_NAMES, LABEL_NAMES):
        if hints_at(best.name, names) and not hints_at(other.name, names):
            return "its name says so", "preferred_name"
    if other.type is ColumnType.INTEGER and best.type is not ColumnType.INTEGER:
        return "its values are words and not numbers", "preferred_words"
    if best.missing < other.missing:
        return "fewer of its cells are empty", "preferred_filled"
    return "it comes first", "preferred_first"


def _is_language(column: ColumnStats) -> bool:
    values = [value.value.strip() for value in column.top_values]
    codes = bool(values) and all(LANGUAGE_CODE.fullmatch(value) for value in values)
    return hints_at(column.name, LANGUAGE_NAMES) and (codes or column.distinct <= 50)


def _copies_of(
    database: duckdb.DuckDBPyConnection, data: Path, label: ColumnStats, columns: list[ColumnStats]
) -> set[str]:
    """Columns that say the same as the label in other words: nearly each value goes with one label and back."""
    own = identifier(label.name)
    return {
        column.name
        for column in columns
        if column is not label
        and 2 <= column.distinct <= MOST_SPELLINGS * label.distinct
        and column.type in {ColumnType.TEXT, ColumnType.CATEGORY}
        and _association(database, data, own, identifier(column.name)) >= COPY_ASSOCIATION
    }


def _association(database: duckdb.DuckDBPyConnection, data: Path, one: str, other: str) -> float:
    """Goodman and Kruskal's lambda (1954), the lower of both directions: how much better than the most common value the
    one column tells the other; 1 if each value goes with one and back. Case and spaces around make no other value."""
    row = database.execute(
        f"WITH pairs AS (SELECT lower(trim({one})) AS a, lower(trim({other})) AS b, count(*) AS n "
        f"FROM read_parquet({literal(data)}) WHERE {is_filled(one)} AND {is_filled(other)} GROUP BY ALL), "
        "of_a AS (SELECT max(n) AS best, sum(n) AS n FROM pairs GROUP BY a), "
        "of_b AS (SELECT max(n) AS best, sum(n) AS n FROM pairs GROUP BY b) "
        "SELECT (SELECT sum(n) FROM pairs), (SELECT sum(best) FROM of_a), (SELECT max(n) FROM of_a), "
        "(SELECT sum(best) FROM of_b), (SELECT max(n) FROM of_b)"
    ).fetchone()
    rows, by_a, largest_a, by_b, largest_b = (float(count or 0) for count in row or (0,) * 5)
    if rows in (largest_a, largest_b):
        return 0.0
    return min((by_a - largest_b) / (rows - largest_b), (by_b - largest_a) / (rows - largest_a))


def _text_score(column: ColumnStats) -> float:
    """0 or less where the column cannot be the text."""
    if column.type not in {ColumnType.TEXT, ColumnType.CATEGORY} or column.lengths is None or _is_language(column):
        return 0.0
    share = column.distinct / max(1, column.filled)
    if column.distinct < 2 or (column.type is ColumnType.CATEGORY and not hints_at(column.name, TEXT_NAMES)):
        return 0.0
    hint = 2.0 if hints_at(column.name, TEXT_NAMES) else -2.0 if hints_at(column.name, LABEL_NAMES) else 0.0
    score = math.log2(1 + column.lengths.mean) + hint + 2 * share - 4 * column.missing / column.rows
    return max(score, 0.01)


def _add_titles(found: Suggestion, text: ColumnStats, candidates: list[ColumnStats]) -> None:
    """Read a subject or title together with the text that stands under it, in the order of the file."""
    titles = [
        column
        for column in candidates
        if column is not text and _text_score(column) > 0 and hints_at(column.name, TITLE_NAMES)
    ]
    for title in titles:
        words = f"Named like a title of '{text.name}'; the two are read together."
        found.reasons[title.name] = [Sentence(words, "title", {"text": text.name})]
    if titles:
        found.columns[Role.TEXT] = [column.name for column in candidates if column is text or column in titles]


def _explain_text(column: ColumnStats, found: Suggestion) -> None:
    mean = round(column.lengths.mean) if column.lengths else 0
    counts = f"{mean:,} characters on average, {column.distinct:,} different"
    words = f"The column that reads most like text: {counts}."
    details: Details = {"characters": mean, "count": column.distinct}
    found.reasons[column.name] = [Sentence(words, "text_reads", details)]
    if hints_at(column.name, TEXT_NAMES):
        found.explain(column.name, "It is named like one.", "text_name")


def _conclude(found: Suggestion, text: ColumnStats | None, label: ColumnStats | None, stats: list[ColumnStats]) -> None:
    if text is not None and label is not None:
        found.task = Task.TEXT_CLASSIFICATION
        names = columns_of(found.columns, Role.TEXT)
        shown = " with ".join(f"'{name}'" for name in names)
        words = f"{shown} reads like text and '{label.name}' has {label.distinct:,} values that repeat."
        found.reason = Sentence(words, "classification", {"texts": names, "label": label.name, "count": label.distinct})
    elif label is not None:
        words = f"'{label.name}' could be the label, but no column reads like text."
        found.reason = Sentence(words, "no_text", {"label": label.name})
    elif text is not None:
        found.reason = _no_label(text, stats)
    else:
        words = "No column reads like text, and none has a few values that repeat and could be a label."
        found.reason = Sentence(words, "nothing_found")


def _no_label(text: ColumnStats, stats: list[ColumnStats]) -> Sentence:
    constant = next((c.name for c in stats if c.distinct == 1 and hints_at(c.name, LABEL_NAMES)), None)
    if constant:
        words = f"'{constant}' has the same value in every row; a label needs at least two."
        return Sentence(words, "constant_label", {"label": constant})
    words = f"'{text.name}' reads like text, but no column has a few values that repeat and could be its label."
    return Sentence(words, "no_label", {"text": text.name})
