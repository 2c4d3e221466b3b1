"""Queries about preferences: votes in Postgres, the answers that are compared in the artifact."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tuneyard.evaluations.models import ComparisonVote, JudgedRow, Judgement, Preference
from tuneyard.evaluations.repository import LIMITS
from tuneyard.kit.ids import new_id


@dataclass(frozen=True)
class Answers:
    """To one held-out row."""

    row: int
    prompt: str
    expected: str
    tuned: str
    base: str


def answers(path: Path, *, offset: int = 0, limit: int | None = None, row: int | None = None) -> list[Answers]:
    """Of the exam, in its order; of one row only, if it is named. Raises duckdb.Error if the file can't be read."""
    with duckdb.connect(config=LIMITS) as database:
        source = database.read_parquet(str(path), file_row_number=True)
        # The artifacts of earlier releases know the question only as the model was given it.
        prompt = "asked" if "asked" in source.columns else "prompt"
        found = database.execute(
            f"SELECT row, {prompt}, expected, answer, base FROM read_parquet($path, file_row_number = true) "
            "WHERE $row IS NULL OR row = $row ORDER BY file_row_number LIMIT $limit OFFSET $offset",
            {"path": str(path), "row": row, "limit": limit if limit is not None else 1_000_000, "offset": offset},
        ).fetchall()
    return [Answers(*each) for each in found]


def vote(
    session: Session, workspace_id: str, model_version_id: str, *, row: int, voter: str, preferred: Preference
) -> None:
    """Keep a vote, in place of an earlier one of the same voter on the same row."""
    values = {
        "id": new_id("vote"),
        "workspace_id": workspace_id,
        "model_version_id": model_version_id,
        "row": row,
        "voter": voter,
        "preferred": preferred,
    }
    session.execute(
        insert(ComparisonVote)
        .values(values)
        .on_conflict_do_update(
            index_elements=["workspace_id", "model_version_id", "voter", "row"], set_={"preferred": preferred}
        )
    )


def votes(session: Session, workspace_id: str, model_version_id: str) -> Sequence[ComparisonVote]:
    """All votes on a version."""
    query = select(ComparisonVote).where(
        ComparisonVote.workspace_id == workspace_id, ComparisonVote.model_version_id == model_version_id
    )
    return session.scalars(query).all()


def own_votes(
    session: Session, workspace_id: str, model_version_id: str, voter: str, rows: Sequence[int]
) -> dict[int, Preference]:
    """How somebody voted on these rows."""
    query = select(ComparisonVote.row, ComparisonVote.preferred).where(
        ComparisonVote.workspace_id == workspace_id,
        ComparisonVote.model_version_id == model_version_id,
        ComparisonVote.voter == voter,
        ComparisonVote.row.in_(rows),
    )
    return {each.row: each.preferred for each in session.execute(query)}


def judged(
    session: Session, workspace_id: str, model_version_id: str, *, judge: str | None = None
) -> Sequence[JudgedRow]:
    """What all judges think, or one of them, by the judge's name."""
    query = select(JudgedRow).where(
        JudgedRow.workspace_id == workspace_id, JudgedRow.model_version_id == model_version_id
    )
    if judge is not None:
        query = query.where(JudgedRow.judge == judge)
    return session.scalars(query.order_by(JudgedRow.judge, JudgedRow.row)).all()


def keep_judged(
    session: Session, workspace_id: str, model_version_id: str, judge: str, found: dict[int, Judgement]
) -> None:
    """Keep what a judge thinks; what it has decided before stays, and what it has not is of now."""
    if not found:
        return
    values = [
        {
            "id": new_id("jr"),
            "workspace_id": workspace_id,
            "model_version_id": model_version_id,
            "judge": judge,
            "row": row,
            "preferred": preferred,
        }
        # In one order, or two who keep the same rows wait for each other.
        for row, preferred in sorted(found.items())
    ]
    statement = insert(JudgedRow).values(values)
    new = statement.excluded
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["workspace_id", "model_version_id", "judge", "row"],
            set_={"preferred": new.preferred, "created_at": new.created_at},
            where=JudgedRow.preferred == Judgement.UNDECIDED,
        )
    )
