"""Queries about evaluations: their records in Postgres, the rows behind them in the artifact."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import select
from sqlalchemy.orm import Session

from tuneyard.evaluations.models import EvaluationRecord
from tuneyard.evaluations.schemas import (
    AnswerOrder,
    Change,
    ComparedRow,
    ComparedRows,
    ComparedRowsQuery,
    EvaluationRow,
    EvaluationRows,
    EvaluationRowsQuery,
    ExamAnswer,
    ExamAnswers,
    ExamAnswersQuery,
    RowOrder,
)

# The api must stay small whatever the size of the held-out set. Texts come out of the file in pieces of up to 128 MB.
LIMITS: dict[str, str | bool | int | float | list[str]] = {"memory_limit": "512MB", "threads": 1, "temp_directory": ""}
ORDERS = {
    RowOrder.MOST_SURE: "score DESC, row",
    RowOrder.LEAST_SURE: "score, row",
    RowOrder.SHEET: "row",
}
ANSWER_ORDERS = {
    AnswerOrder.SHEET: "row",
    AnswerOrder.CLOSEST: "chrf DESC, row",
    AnswerOrder.FARTHEST: "chrf, row",
}
ANSWER_TEXTS = ("asked", "expected", "answer", "base", "retrieved")
# The rows that two sets of predictions share, by label and a checksum of the text: the texts themselves would not fit.
# A text that stands there twice is met twice.
SHARED = """
WITH this AS (SELECT row, label, predicted, score, md5_number(text) AS key,
                     row_number() OVER (PARTITION BY md5_number(text), label ORDER BY row) AS copy
              FROM read_parquet($this)),
     other AS (SELECT label, predicted, score, md5_number(text) AS key,
                      row_number() OVER (PARTITION BY md5_number(text), label ORDER BY row) AS copy
               FROM read_parquet($other)),
     shared AS (SELECT this.row, this.predicted, this.score,
                       other.predicted AS other_predicted, other.score AS other_score,
                       this.predicted = label AS correct, other.predicted = label AS other_correct
                FROM this JOIN other USING (key, label, copy))
"""
CHANGES = {Change.FIXED: "correct AND NOT other_correct", Change.BROKEN: "other_correct AND NOT correct"}


@dataclass(frozen=True)
class SharedCounts:
    """How two sets of predictions overlap and differ."""

    rows: int
    other_rows: int
    shared_rows: int
    relabelled_rows: int
    correct: int
    other_correct: int
    fixed: int
    broken: int


def of_version(session: Session, workspace_id: str, model_version_id: str) -> EvaluationRecord | None:
    query = select(EvaluationRecord).where(
        EvaluationRecord.workspace_id == workspace_id, EvaluationRecord.model_version_id == model_version_id
    )
    return session.scalars(query).one_or_none()


def rows(predictions: Path, query: EvaluationRowsQuery) -> EvaluationRows:
    """A page of predictions.parquet. Raises duckdb.Error if the file can't be read."""
    condition, values = _condition(query)
    source = f"FROM read_parquet($path) WHERE {condition}"
    values["path"] = str(predictions)
    with duckdb.connect(config=LIMITS) as database:
        counted = database.execute(f"SELECT count(*) {source}", values).fetchone()
        # The texts are fetched for the rows of the page only, or sorting would hold all of them.
        order = ORDERS[query.order]
        page = f"SELECT row {source} ORDER BY {order} LIMIT {query.limit} OFFSET {query.offset}"
        found = _records(
            database,
            f"SELECT row, text, label, predicted, score FROM read_parquet($path) WHERE row IN ({page}) "
            f"ORDER BY {order}",
            values,
        )
    data = [EvaluationRow.model_validate(row) for row in found]
    return EvaluationRows(data=data, total=counted[0] if counted else 0)


def answers(path: Path, query: ExamAnswersQuery) -> ExamAnswers:
    """A page of answers.parquet. Raises duckdb.Error if the file can't be read."""
    found = " OR ".join(f"contains(lower({name}), lower($search))" for name in ANSWER_TEXTS)
    source = f"FROM read_parquet($path) WHERE $search = '' OR {found}"
    values = {"path": str(path), "search": query.search.strip()}
    with duckdb.connect(config=LIMITS) as database:
        counted = database.execute(f"SELECT count(*) {source}", values).fetchone()
        page = f"ORDER BY {ANSWER_ORDERS[query.order]} LIMIT {query.limit} OFFSET {query.offset}"
        rows = _records(database, f"SELECT row, {', '.join(ANSWER_TEXTS)}, chrf {source} {page}", values)
    return ExamAnswers(data=[ExamAnswer.model_validate(row) for row in rows], total=counted[0] if counted else 0)


def shared_counts(this: Path, other: Path) -> SharedCounts:
    """Compare two files of predictions. Raises duckdb.Error if one can't be read."""
    query = f"""{SHARED}
        SELECT (SELECT count(*) FROM this) AS rows,
               (SELECT count(*) FROM other) AS other_rows,
               count(*) AS shared_rows,
               (SELECT count(*) FROM this WHERE key IN (SELECT key FROM other)
                AND (key, label) NOT IN (SELECT (key, label) FROM other)) AS relabelled_rows,
               count(*) FILTER (correct) AS correct,
               count(*) FILTER (other_correct) AS other_correct,
               count(*) FILTER ({CHANGES[Change.FIXED]}) AS fixed,
               count(*) FILTER ({CHANGES[Change.BROKEN]}) AS broken
        FROM shared"""
    with duckdb.connect(config=LIMITS) as database:
        (counts,) = _records(database, query, {"this": str(this), "other": str(other)})
    return SharedCounts(**counts)


def flipped_rows(this: Path, other: Path, query: ComparedRowsQuery) -> ComparedRows:
    """A page of the rows that one version gets right and the other wrong. Raises duckdb.Error like shared_counts."""
    values = {"this": str(this), "other": str(other)}
    source = f"FROM shared WHERE {CHANGES[query.change]}"
    with duckdb.connect(config=LIMITS) as database:
        counted = database.execute(f"{SHARED} SELECT count(*) {source}", values).fetchone()
        page = f"SELECT * {source} ORDER BY score DESC, row LIMIT {query.limit} OFFSET {query.offset}"
        found = _records(
            database,
            f"{SHARED} SELECT page.row, text, label, page.predicted, page.score, other_predicted, other_score "
            f"FROM ({page}) AS page JOIN read_parquet($this) AS held_out ON held_out.row = page.row "
            "ORDER BY page.score DESC, page.row",
            values,
        )
    data = [ComparedRow.model_validate(row) for row in found]
    return ComparedRows(data=data, total=counted[0] if counted else 0)


def _records(database: duckdb.DuckDBPyConnection, query: str, values: dict[str, str]) -> list[dict[str, Any]]:
    result = database.execute(query, values)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _condition(query: EvaluationRowsQuery) -> tuple[str, dict[str, str]]:
    conditions, values = ["true"], {}
    for column in ("label", "predicted"):
        value = getattr(query, column)
        if value is not None:
            conditions.append(f"{column} = ${column}")
            values[column] = value
    if query.correct is not None:
        conditions.append("label = predicted" if query.correct else "label <> predicted")
    return " AND ".join(conditions), values
