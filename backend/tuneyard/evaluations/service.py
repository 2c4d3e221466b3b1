"""What can be done with evaluations."""

import duckdb
import structlog
from sqlalchemy.orm import Session

from tuneyard.evaluations import repository
from tuneyard.evaluations.models import EvaluationRecord
from tuneyard.evaluations.schemas import EvaluationRows, EvaluationRowsQuery
from tuneyard.kit.errors import NotFound
from tuneyard.kit.ids import new_id
from tuneyard.kit.storage import Store
from tuneyard.registry import service as registry
from tuneyard.registry.errors import ArtifactDamaged
from tuneyard.specs.evaluation import Evaluation

log = structlog.get_logger()

PREDICTIONS = "evaluation/predictions.parquet"


def record(session: Session, *, workspace_id: str, model_version_id: str, evaluation: Evaluation) -> EvaluationRecord:
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


def get(session: Session, workspace_id: str, model_id: str, number: int) -> Evaluation:
    """The evaluation of one version."""
    found = registry.get_version(session, workspace_id, model_id, number)
    recorded = repository.of_version(session, workspace_id, found.version.id)
    if recorded is None:
        raise NotFound(f"Version {number} of '{found.model.name}' has no evaluation.")
    return Evaluation.model_validate(recorded.evaluation)


def rows(
    session: Session, store: Store, workspace_id: str, model_id: str, number: int, query: EvaluationRowsQuery
) -> EvaluationRows:
    """The held-out rows behind a cell of the confusion matrix."""
    found = registry.get_version(session, workspace_id, model_id, number)
    try:
        return repository.rows(store.path(found.version.storage_key) / PREDICTIONS, query)
    except duckdb.Error as error:
        log.error("evaluation.unreadable", model_version_id=found.version.id, error=str(error))
        raise ArtifactDamaged("The rows behind this evaluation can't be read.") from error
