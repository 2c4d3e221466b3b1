"""What can be done with evaluations."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import structlog
from sqlalchemy.orm import Session

from tuneyard.evaluations import repository
from tuneyard.evaluations.models import EvaluationRecord
from tuneyard.evaluations.paired import compare, paired_difference
from tuneyard.evaluations.schemas import (
    ComparedRows,
    ComparedRowsQuery,
    Comparison,
    EvaluationRows,
    EvaluationRowsQuery,
    ExamAnswers,
    ExamAnswersQuery,
)
from tuneyard.kit.errors import NotFound
from tuneyard.kit.ids import new_id
from tuneyard.kit.storage import Store
from tuneyard.registry import service as registry
from tuneyard.registry.errors import ArtifactDamaged
from tuneyard.registry.service import Published
from tuneyard.specs.generation_evaluation import EVALUATION, AnyEvaluation
from tuneyard.specs.tasks import Task

log = structlog.get_logger()

PREDICTIONS = "evaluation/predictions.parquet"
ANSWERS = "evaluation/answers.parquet"


def record(
    session: Session, *, workspace_id: str, model_version_id: str, evaluation: AnyEvaluation
) -> EvaluationRecord:
    """Keep the evaluation of a version. Once per version."""
    recorded = repository.of_version(session, workspace_id, model_version_id)
    if recorded is not None:
        return recorded
    made = EvaluationRecord(
        id=new_id("ev"),
        workspace_id=workspace_id,
        model_version_id=model_version_id,
        evaluation=evaluation.model_dump(mode="json", by_alias=True),
    )
    session.add(made)
    session.flush()
    return made


def get(session: Session, workspace_id: str, model_id: str, number: int) -> AnyEvaluation:
    """The evaluation of one version."""
    found = registry.get_version(session, workspace_id, model_id, number)
    recorded = repository.of_version(session, workspace_id, found.version.id)
    if recorded is None:
        raise NotFound(f"Version {number} of '{found.model.name}' has no evaluation.")
    return EVALUATION.validate_python(recorded.evaluation)


def rows(
    session: Session, store: Store, workspace_id: str, model_id: str, number: int, query: EvaluationRowsQuery
) -> EvaluationRows:
    """The held-out rows behind a cell of the confusion matrix."""
    found = registry.get_version(session, workspace_id, model_id, number)
    with readable(found):
        return repository.rows(_predictions(store, found), query)


def answers(
    session: Session, store: Store, workspace_id: str, model_id: str, number: int, query: ExamAnswersQuery
) -> ExamAnswers:
    """What a model that writes answered in its exam."""
    found = registry.get_version(session, workspace_id, model_id, number)
    if found.model.task is not Task.TEXT_GENERATION:
        raise NotFound(
            f"Version {number} of '{found.model.name}' does not write answers.", hint="Ask for its rows instead."
        )
    with readable(found):
        return repository.answers(store.path(f"{found.version.storage_key}/{ANSWERS}"), query)


def comparison(
    session: Session, store: Store, workspace_id: str, model_id: str, number: int, other_id: str
) -> Comparison:
    """One version against another, on the rows that were held out from both."""
    this = registry.get_version(session, workspace_id, model_id, number)
    other = registry.get_version_by_id(session, workspace_id, other_id)
    with readable(this, other):
        counts = repository.shared_counts(_predictions(store, this), _predictions(store, other))
    difference = paired_difference(counts.fixed, counts.broken, counts.shared_rows) if counts.shared_rows else None
    return Comparison(
        **vars(counts),
        same_rows=counts.shared_rows == counts.rows == counts.other_rows,
        difference=difference,
        level=compare(difference) if difference else None,
    )


def compared_rows(
    session: Session,
    store: Store,
    workspace_id: str,
    model_id: str,
    number: int,
    other_id: str,
    query: ComparedRowsQuery,
) -> ComparedRows:
    """The shared rows on which one of two versions is right and the other wrong."""
    this = registry.get_version(session, workspace_id, model_id, number)
    other = registry.get_version_by_id(session, workspace_id, other_id)
    with readable(this, other):
        return repository.flipped_rows(_predictions(store, this), _predictions(store, other), query)


def _predictions(store: Store, found: Published) -> Path:
    if found.model.task is not Task.TEXT_CLASSIFICATION:
        raise NotFound(
            f"Version {found.version.number} of '{found.model.name}' has no classes, so there are no such rows.",
            hint="Ask for its answers instead.",
        )
    return store.path(f"{found.version.storage_key}/{PREDICTIONS}")


@contextmanager
def readable(*versions: Published) -> Iterator[None]:
    """Tells rows that can't be read as damage of the artifact."""
    try:
        yield
    except duckdb.Error as error:
        log.error("evaluation.unreadable", model_version_ids=[each.version.id for each in versions], error=str(error))
        raise ArtifactDamaged("The rows behind this evaluation can't be read.") from error
