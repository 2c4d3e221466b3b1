"""Routes of answers side by side: blind votes of people, and judgements of other models."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from tuneyard.auth.dependencies import CallerDep, SessionDep, requires
from tuneyard.auth.models import Scope
from tuneyard.evaluations import preference_repository as repository
from tuneyard.evaluations import voting
from tuneyard.evaluations.judging import Judge
from tuneyard.evaluations.preference_schemas import (
    ComparedAnswers,
    ComparisonPage,
    ComparisonQuery,
    JudgementRead,
    JudgementRequest,
    PreferenceSummary,
    VoteWrite,
)
from tuneyard.kit.services import ServicesDep
from tuneyard.kit.web import LARGEST_BODY, documented

router = APIRouter(prefix="/models/{model_id}/versions/{number}", tags=["evaluations"], max_body_size=LARGEST_BODY)
READ = [Depends(requires(Scope.READ))]
WRITE = [Depends(requires(Scope.WRITE))]


@router.get(
    "/comparisons",
    summary="List answers side by side",
    response_model=ComparisonPage,
    dependencies=READ,
    responses=documented(404),
)
def list_comparisons(
    model_id: str,
    number: int,
    query: Annotated[ComparisonQuery, Query()],
    caller: CallerDep,
    session: SessionDep,
    services: ServicesDep,
) -> ComparisonPage:
    """Of the exam of a model that writes: the tuned model's answer and the untuned one's, and not which is which."""
    return voting.page(session, services.store, caller, model_id, number, query)


@router.get(
    "/comparisons/summary",
    summary="Count the votes",
    response_model=PreferenceSummary,
    dependencies=READ,
    responses=documented(404),
)
def get_summary(model_id: str, number: int, caller: CallerDep, session: SessionDep) -> PreferenceSummary:
    """Whose answers people prefer, and whose other models do that were asked to judge."""
    return voting.summary(session, caller.workspace_id, model_id, number)


@router.put(
    "/comparisons/{row}",
    summary="Vote on two answers",
    response_model=ComparedAnswers,
    dependencies=WRITE,
    responses=documented(404),
)
def vote(
    model_id: str,
    number: int,
    row: Annotated[int, Path(ge=1, le=2**31 - 1, description="Row number, as the comparisons list it.")],
    body: VoteWrite,
    caller: CallerDep,
    session: SessionDep,
    services: ServicesDep,
) -> ComparedAnswers:
    """One vote for each person and row; voting again changes it."""
    return voting.vote(session, services.store, caller, model_id, number, row, body.vote)


@router.post(
    "/judgements",
    summary="Let another model judge",
    response_model=JudgementRead,
    dependencies=WRITE,
    responses=documented(404, 429),
)
def judge(
    model_id: str, number: int, body: JudgementRequest, caller: CallerDep, services: ServicesDep
) -> JudgementRead:
    """Asks about rows that are new to it, each twice with the answers changing places, for less than a minute.

    A row counts for a model only if both times its answer is preferred. Public addresses are called, and networks that
    `TUNEYARD_WEBHOOK_NETWORKS` allows. Ask again for the rows that are left. Rows without a clear answer, and those
    that its endpoint refuses, are asked about once more only with `again`.
    """
    asked = Judge(body, services.settings.webhook_networks)
    workspace = caller.workspace_id
    # No transaction waits for the judge.
    with services.database.workspace(workspace) as session:
        found = voting.writer(session, workspace, model_id, number)
        version_id = found.version.id
        answers = voting.answers_of(services.store, found)
        judged = repository.judged(session, workspace, version_id, judge=asked.name)
    judgements = asked.compare(voting.rows_to_ask(answers, judged, again=body.again)[: body.rows])
    with services.database.workspace(workspace) as session:
        # The version may have been deleted meanwhile.
        voting.writer(session, workspace, model_id, number)
        repository.keep_judged(session, workspace, version_id, asked.name, judgements.found)
        judged = repository.judged(session, workspace, version_id, judge=asked.name)
        return JudgementRead(
            **vars(voting.judge_tally(asked.name, judged)),
            judged=judgements.judged,
            unclear=judgements.unclear,
            refused=judgements.refused,
            refusal=judgements.refusal,
            left=len(answers) - len(judged),
        )
