"""Queries about evaluations: their records in Postgres, the rows behind them in the artifact."""

from pathlib import Path

import duckdb
from sqlalchemy import select
from sqlalchemy.orm import Session

from tuneyard.evaluations.models import EvaluationRecord
from tuneyard.evaluations.schemas import EvaluationRow, EvaluationRows, EvaluationRowsQuery

# The api must stay small whatever the size of the held-out set. Texts come out of the file in pieces of up to 128 MB.
LIMITS: dict[str, str | bool | int | float | list[str]] = {"memory_limit": "512MB", "threads": 1, "temp_directory": ""}


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
        page = f"SELECT row {source} ORDER BY score DESC, row LIMIT {query.limit} OFFSET {query.offset}"
        found = database.execute(
            f"SELECT row, text, label, predicted, score FROM read_parquet($path) WHERE row IN ({page}) "
            "ORDER BY score DESC, row",
            values,
        ).fetchall()
    names = ("row", "text", "label", "predicted", "score")
    data = [EvaluationRow.model_validate(dict(zip(names, row, strict=True))) for row in found]
    return EvaluationRows(data=data, total=counted[0] if counted else 0)


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
