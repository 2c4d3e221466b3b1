"""Routes of evaluations."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from tuneyard.auth.dependencies import CallerDep, SessionDep, requires
from tuneyard.auth.models import Scope
from tuneyard.evaluations import service
from tuneyard.evaluations.schemas import (
    ComparedRows,
    ComparedRowsQuery,
    Comparison,
    EvaluationRows,
    EvaluationRowsQuery,
    ExamAnswers,
    ExamAnswersQuery,
)
from tuneyard.kit.services import ServicesDep
from tuneyard.kit.web import LARGEST_BODY, documented
from tuneyard.specs.generation_evaluation import AnyEvaluation

router = APIRouter(
    prefix="/models/{model_id}/versions/{number}/evaluation", tags=["evaluations"], max_body_size=LARGEST_BODY
)
READ = [Depends(requires(Scope.READ))]


@router.get(
    "",
    summary="Show how good a version is",
    response_model=AnyEvaluation,
    dependencies=READ,
    responses=documented(404),
)
def get_evaluation(model_id: str, number: int, caller: CallerDep, session: SessionDep) -> AnyEvaluation:
    """Measured on rows it never saw, beside baselines on the same rows, with a verdict in plain words."""
    return service.get(session, caller.workspace_id, model_id, number)


@router.get(
    "/rows",
    summary="List the rows behind a cell of the confusion matrix",
    response_model=EvaluationRows,
    dependencies=READ,
    responses=documented(404),
)
def list_rows(
    model_id: str,
    number: int,
    query: Annotated[EvaluationRowsQuery, Query()],
    caller: CallerDep,
    session: SessionDep,
    services: ServicesDep,
) -> EvaluationRows:
    return service.rows(session, services.store, caller.workspace_id, model_id, number, query)


@router.get(
    "/answers",
    summary="List the answers of a model that writes",
    response_model=ExamAnswers,
    dependencies=READ,
    responses=documented(404),
)
def list_answers(
    model_id: str,
    number: int,
    query: Annotated[ExamAnswersQuery, Query()],
    caller: CallerDep,
    session: SessionDep,
    services: ServicesDep,
) -> ExamAnswers:
    """To the rows of its exam that were answered in full, beside the expected ones and those of the untuned model."""
    return service.answers(session, services.store, caller.workspace_id, model_id, number, query)


@router.get(
    "/comparisons/{model_version_id}",
    summary="Compare a version with another",
    response_model=Comparison,
    dependencies=READ,
    responses=documented(404),
)
def compare_versions(
    model_id: str,
    number: int,
    model_version_id: str,
    caller: CallerDep,
    session: SessionDep,
    services: ServicesDep,
) -> Comparison:
    """On the rows that were held out from both, found by their text and label: which got better, and how sure that is.

    `model_version_id` is the other version, of this model or of another one.
    """
    return service.comparison(session, services.store, caller.workspace_id, model_id, number, model_version_id)


@router.get(
    "/comparisons/{model_version_id}/rows",
    summary="List the rows on which two versions differ",
    response_model=ComparedRows,
    dependencies=READ,
    responses=documented(404),
)
def list_compared_rows(
    model_id: str,
    number: int,
    model_version_id: str,
    query: Annotated[ComparedRowsQuery, Query()],
    caller: CallerDep,
    session: SessionDep,
    services: ServicesDep,
) -> ComparedRows:
    """Those that this version fixed, or those that it broke."""
    return service.compared_rows(
        session, services.store, caller.workspace_id, model_id, number, model_version_id, query
    )
