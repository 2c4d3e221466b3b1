"""Queries about users, memberships, sessions, keys and attempts to sign in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, func, literal, or_, select, text, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tuneyard.auth.models import (
    ApiKey,
    BrowserSession,
    IdempotentRequest,
    LoginAttempt,
    MemberRole,
    Membership,
    User,
    Workspace,
)
from tuneyard.kit.db import APP_ROLE, Database, Statement
from tuneyard.kit.pagination import PageRequest, fetch_page

TOUCH_EVERY = timedelta(minutes=1)
# Put together once: every request asks this. From the key it goes on into its workspace, without coming back in
# between; of an unknown key there is a row too, and that workspace is none.
KEY_IN_USE = (
    select(
        ApiKey.id,
        ApiKey.workspace_id,
        ApiKey.name,
        ApiKey.secret_hmac,
        ApiKey.scopes,
        ApiKey.created_by,
        ApiKey.expires_at,
        ApiKey.revoked_at,
        ApiKey.last_used_at,
        Membership.role,
        func.set_config("app.workspace", func.coalesce(ApiKey.workspace_id, ""), true()),
        func.set_config("role", APP_ROLE, true()),
    )
    .select_from(select(literal(1)).subquery())
    .outerjoin(ApiKey, ApiKey.id == bindparam("key_id"))
    .outerjoin(
        Membership, and_(Membership.workspace_id == ApiKey.workspace_id, Membership.user_id == ApiKey.created_by)
    )
)


@dataclass(frozen=True)
class KeyInUse:
    """What a request needs to know of its key."""

    id: str
    workspace_id: str
    name: str
    secret_hmac: str
    scopes: list[str]
    created_by: str | None
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    maker_role: str | None
    """The role its maker has in the workspace today."""


def advisory_lock(session: Session, number: int) -> None:
    """Wait for the other transactions that take this lock; kept until this one ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def any_user(session: Session) -> bool:
    return bool(session.scalar(select(exists(select(User.id)))))


def user_by_email(session: Session, email: str) -> User | None:
    return session.scalars(select(User).where(User.email == email)).one_or_none()


def user(session: Session, user_id: str) -> User:
    return session.scalars(select(User).where(User.id == user_id)).one()


def workspace(session: Session, workspace_id: str) -> Workspace:
    return session.scalars(select(Workspace).where(Workspace.id == workspace_id)).one()


def workspace_by_name(session: Session, name: str) -> Workspace | None:
    return session.scalars(select(Workspace).where(Workspace.name == name)).one_or_none()


def workspaces(session: Session, limit: int | None) -> Sequence[Workspace]:
    return session.scalars(select(Workspace).order_by(Workspace.id).limit(limit)).all()


def first_membership(session: Session, user_id: str) -> Membership | None:
    query = select(Membership).where(Membership.user_id == user_id).order_by(Membership.id).limit(1)
    return session.scalars(query).one_or_none()


def membership(session: Session, workspace_id: str, user_id: str) -> Membership:
    query = select(Membership).where(Membership.workspace_id == workspace_id, Membership.user_id == user_id)
    return session.scalars(query).one()


def api_key(session: Session, key_id: str) -> ApiKey | None:
    """For the engine's own transactions: a key of any workspace."""
    return session.scalars(select(ApiKey).where(ApiKey.id == key_id)).one_or_none()


def key_in_use(
    database: Database, key_id: str, beside: Statement | None
) -> tuple[KeyInUse | None, Sequence[tuple[Any, ...]]]:
    """A key as it is now, and what its workspace has to say to a statement `beside` it, in one round trip."""
    [[key_id_found, *rest]], *others = database.each_at_once(
        (KEY_IN_USE, {"key_id": key_id}), *([] if beside is None else [beside])
    )
    # The last two are what has been set.
    key = None if key_id_found is None else KeyInUse(key_id_found, *rest[:-2])
    return key, others[0] if others else []


def workspace_key(session: Session, workspace_id: str, key_id: str) -> ApiKey | None:
    query = select(ApiKey).where(ApiKey.workspace_id == workspace_id, ApiKey.id == key_id)
    return session.scalars(query).one_or_none()


def page_of_keys(session: Session, workspace_id: str, page: PageRequest) -> tuple[Sequence[ApiKey], str | None]:
    return fetch_page(session, select(ApiKey).where(ApiKey.workspace_id == workspace_id), ApiKey.id, page)


def all_keys(session: Session) -> Sequence[tuple[ApiKey, str]]:
    """Every key with the name of its workspace."""
    query = select(ApiKey, Workspace.name).join(Workspace, Workspace.id == ApiKey.workspace_id)
    return [(row[0], row[1]) for row in session.execute(query.order_by(ApiKey.id))]


def touch_key(session: Session, key_id: str) -> None:
    """Note that a key was used; at most once a minute, so that reading stays reading."""
    stale = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < _ago(TOUCH_EVERY))
    session.execute(update(ApiKey).where(ApiKey.id == key_id, stale).values(last_used_at=func.clock_timestamp()))


def live_session(session: Session, session_id: str, idle: timedelta) -> tuple[BrowserSession, MemberRole] | None:
    """A session that has not ended, with the role its user has in the workspace today."""
    member = and_(Membership.workspace_id == BrowserSession.workspace_id, Membership.user_id == BrowserSession.user_id)
    query = (
        select(BrowserSession, Membership.role)
        .join(Membership, member)
        .where(
            BrowserSession.id == session_id,
            BrowserSession.expires_at > func.clock_timestamp(),
            BrowserSession.last_seen_at > _ago(idle),
        )
    )
    row = session.execute(query).one_or_none()
    return (row[0], row[1]) if row else None


def touch_session(session: Session, session_id: str) -> None:
    """Note that a session was used; at most once a minute."""
    stale = BrowserSession.last_seen_at < _ago(TOUCH_EVERY)
    session.execute(
        update(BrowserSession).where(BrowserSession.id == session_id, stale).values(last_seen_at=func.clock_timestamp())
    )


def live_sessions_of(session: Session, user_id: str, idle: timedelta) -> Sequence[BrowserSession]:
    """Sessions of a user that have not ended, the last used first."""
    alive = and_(BrowserSession.expires_at > func.clock_timestamp(), BrowserSession.last_seen_at > _ago(idle))
    query = select(BrowserSession).where(BrowserSession.user_id == user_id, alive)
    return session.scalars(query.order_by(BrowserSession.last_seen_at.desc())).all()


def delete_session(session: Session, session_id: str) -> None:
    session.execute(delete(BrowserSession).where(BrowserSession.id == session_id))


def delete_sessions_of(session: Session, user_id: str) -> None:
    session.execute(delete(BrowserSession).where(BrowserSession.user_id == user_id))


def delete_ended_sessions(session: Session, idle: timedelta) -> None:
    ended = or_(BrowserSession.expires_at <= func.clock_timestamp(), BrowserSession.last_seen_at <= _ago(idle))
    session.execute(delete(BrowserSession).where(ended))


def attempts_by_account(session: Session, account: str, window: timedelta) -> Sequence[float]:
    return _ages(session, LoginAttempt.account == account, window)


def attempts_from_address(session: Session, address: str, window: timedelta) -> Sequence[float]:
    return _ages(session, LoginAttempt.address == address, window)


def delete_attempts_by_account(session: Session, account: str) -> None:
    session.execute(delete(LoginAttempt).where(LoginAttempt.account == account))


def delete_old_attempts(session: Session, window: timedelta) -> None:
    session.execute(delete(LoginAttempt).where(LoginAttempt.at <= _ago(window)))


def _ages(session: Session, whose: ColumnElement[bool], window: timedelta) -> Sequence[float]:
    """Seconds since each attempt within the window, the newest first."""
    age = func.extract("epoch", func.clock_timestamp() - LoginAttempt.at)
    query = select(age).where(whose, LoginAttempt.at > _ago(window)).order_by(LoginAttempt.at.desc())
    return [float(seconds) for seconds in session.scalars(query)]


def _ago(interval: timedelta) -> ColumnElement[datetime]:
    return func.clock_timestamp() - interval


def begin_request(
    session: Session, request: IdempotentRequest, kept: timedelta, at_work: timedelta
) -> IdempotentRequest | None:
    """Take the place of a request; None if it was free, else who has it.

    Free is also what was answered longer than `kept` ago, or has been at work for longer than `at_work`.
    """
    same = {column: getattr(request, column) for column in ("workspace_id", "route", "key_sha256")}
    own = {"token": request.token, "fingerprint": request.fingerprint}
    left = and_(IdempotentRequest.status_code.is_(None), IdempotentRequest.created_at < _ago(at_work))
    anew = {**own, "status_code": None, "answer": None, "created_at": func.clock_timestamp()}
    row = (
        insert(IdempotentRequest)
        .values(**same, **own)
        .on_conflict_do_update(
            index_elements=list(same), set_=anew, where=or_(IdempotentRequest.created_at < _ago(kept), left)
        )
        .returning(IdempotentRequest.token)
    )
    if session.execute(row).one_or_none() is not None:
        return None
    return session.scalars(select(IdempotentRequest).filter_by(**same)).one()


def answer_request(session: Session, request: IdempotentRequest, status_code: int, answer: str) -> bool:
    """Note the answer; False if somebody else has taken the place meanwhile."""
    values = {"fingerprint": request.fingerprint, "status_code": status_code, "answer": answer}
    change = update(IdempotentRequest).where(*_at_work(request)).values(**values)
    return session.execute(change.returning(IdempotentRequest.token)).one_or_none() is not None


def abandon_request(session: Session, request: IdempotentRequest) -> None:
    session.execute(delete(IdempotentRequest).where(*_at_work(request)))


def delete_old_requests(session: Session, kept: timedelta) -> None:
    session.execute(delete(IdempotentRequest).where(IdempotentRequest.created_at < _ago(kept)))


def _at_work(request: IdempotentRequest) -> tuple[ColumnElement[bool], ...]:
    return (
        IdempotentRequest.workspace_id == request.workspace_id,
        IdempotentRequest.route == request.route,
        IdempotentRequest.key_sha256 == request.key_sha256,
        IdempotentRequest.token == request.token,
        IdempotentRequest.status_code.is_(None),
    )
