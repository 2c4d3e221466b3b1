"""What can be done with two answers side by side: look at them blindly, vote, count."""

import hashlib
from collections.abc import Sequence
from itertools import groupby

from sqlalchemy.orm import Session

from tuneyard.auth.caller import Caller
from tuneyard.evaluations import preference_repository as repository
from tuneyard.evaluations.models import JudgedRow, Judgement, Preference
from tuneyard.evaluations.preference_repository import Answers
from tuneyard.evaluations.preference_schemas import (
    ComparedAnswers,
    ComparisonPage,
    ComparisonQuery,
    JudgeTally,
    PreferenceSummary,
    Vote,
)
from tuneyard.evaluations.preferences import tally
from tuneyard.evaluations.service import readable
from tuneyard.kit.errors import NotFound
from tuneyard.kit.storage import Store
from tuneyard.registry import service as registry
from tuneyard.registry.service import Published
from tuneyard.specs.tasks import Task

ANSWERS = "evaluation/answers.parquet"


def page(
    session: Session, store: Store, caller: Caller, model_id: str, number: int, query: ComparisonQuery
) -> ComparisonPage:
    """Pairs of answers, with the caller's votes."""
    found = writer(session, caller.workspace_id, model_id, number)
    some = answers_of(store, found, offset=query.cursor, limit=query.limit + 1)
    shown = some[: query.limit]
    votes = repository.own_votes(
        session, caller.workspace_id, found.version.id, _voter(caller), [each.row for each in shown]
    )
    return ComparisonPage(
        data=[_pair(found, each, votes.get(each.row)) for each in shown],
        next_cursor=str(query.cursor + query.limit) if len(some) > query.limit else None,
    )


def vote(
    session: Session, store: Store, caller: Caller, model_id: str, number: int, row: int, vote: Vote
) -> ComparedAnswers:
    """Keep how the caller votes on a row."""
    found = writer(session, caller.workspace_id, model_id, number)
    some = answers_of(store, found, row=row)
    if not some:
        raise NotFound(f"Row {row} was not answered in the exam.", hint="Vote on rows that the comparisons list.")
    preferred = _meant(found, row, vote)
    repository.vote(session, caller.workspace_id, found.version.id, row=row, voter=_voter(caller), preferred=preferred)
    return _pair(found, some[0], preferred)


def summary(session: Session, workspace_id: str, model_id: str, number: int) -> PreferenceSummary:
    """What all votes come to, and what judges think."""
    version_id = writer(session, workspace_id, model_id, number).version.id
    votes = repository.votes(session, workspace_id, version_id)
    counted = tally([(each.row, each.preferred) for each in votes])
    judged = repository.judged(session, workspace_id, version_id)
    return PreferenceSummary(
        **vars(counted),
        people=len({each.voter for each in votes}),
        judges=[judge_tally(judge, list(rows)) for judge, rows in groupby(judged, lambda each: each.judge)],
    )


def judge_tally(judge: str, rows: Sequence[JudgedRow]) -> JudgeTally:
    """What one judge thinks."""
    decided = [(each.row, Preference(each.preferred)) for each in rows if each.preferred is not Judgement.UNDECIDED]
    return JudgeTally(**vars(tally(decided, of_judge=True)), judge=judge, undecided=len(rows) - len(decided))


def rows_to_ask(answers: Sequence[Answers], judged: Sequence[JudgedRow], *, again: bool) -> list[Answers]:
    """Those that a judge has not been asked about; or `again` those that it has not decided, the longest ago first."""
    if not again:
        asked = {each.row for each in judged}
        return [each for each in answers if each.row not in asked]
    moments = {each.row: each.created_at for each in judged if each.preferred is Judgement.UNDECIDED}
    return sorted((each for each in answers if each.row in moments), key=lambda each: moments[each.row])


def writer(session: Session, workspace_id: str, model_id: str, number: int) -> Published:
    """A version that writes. Raises NotFound."""
    found = registry.get_version(session, workspace_id, model_id, number)
    if found.model.task is not Task.TEXT_GENERATION:
        raise NotFound(
            f"Version {number} of '{found.model.name}' does not write, so there are no answers to compare.",
            hint="Its evaluation has the rows that it gets right and wrong.",
        )
    return found


def answers_of(
    store: Store, found: Published, *, offset: int = 0, limit: int | None = None, row: int | None = None
) -> list[Answers]:
    """Of its exam. Raises ArtifactDamaged."""
    with readable(found):
        path = store.path(f"{found.version.storage_key}/{ANSWERS}")
        return repository.answers(path, offset=offset, limit=limit, row=row)


def tuned_is_left(model_version_id: str, row: int) -> bool:
    """Drawn for each row, and always the same."""
    return hashlib.sha256(f"{model_version_id}:{row}".encode()).digest()[0] % 2 == 0


def _pair(found: Published, answers: Answers, preferred: Preference | None) -> ComparedAnswers:
    is_left = tuned_is_left(found.version.id, answers.row)
    left, right = (answers.tuned, answers.base) if is_left else (answers.base, answers.tuned)
    vote = None
    if preferred is not None:
        vote = Vote.TIE if preferred is Preference.TIE else _side(is_left == (preferred is Preference.TUNED))
    return ComparedAnswers(
        row=answers.row, prompt=answers.prompt, expected=answers.expected, left=left, right=right, vote=vote
    )


def _side(is_left: bool) -> Vote:
    return Vote.LEFT if is_left else Vote.RIGHT


def _meant(found: Published, row: int, vote: Vote) -> Preference:
    if vote is Vote.TIE:
        return Preference.TIE
    return Preference.TUNED if tuned_is_left(found.version.id, row) == (vote is Vote.LEFT) else Preference.BASE


def _voter(caller: Caller) -> str:
    """A person is one voter, by whatever key or browser."""
    return caller.user_id or caller.api_key_id or ""
