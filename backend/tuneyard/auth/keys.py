"""API keys: made, checked, revoked."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tuneyard.auth import repository, tokens
from tuneyard.auth.caller import Caller
from tuneyard.auth.errors import ExpiredKey, Forbidden, RevokedKey, UnknownKey
from tuneyard.auth.models import ApiKey, MemberRole, Scope
from tuneyard.auth.roles import SCOPES, lowest_role
from tuneyard.kit import clock
from tuneyard.kit.db import Database, Statement
from tuneyard.kit.errors import InvalidRequest, NotFound
from tuneyard.kit.ids import new_id
from tuneyard.kit.pagination import PageRequest


def issue(
    session: Session,
    pepper: str,
    *,
    workspace_id: str,
    name: str,
    scopes: Collection[Scope],
    expires_at: datetime | None = None,
    created_by: str | None = None,
    secret_of: Callable[[str], str | None] = lambda _: None,
) -> tuple[ApiKey, str]:
    """Make a key. Its text, the second part of the answer, is not kept and can't be shown again.

    `secret_of` may give the secret of the key with an id; else it is random.
    """
    key_id = new_id("key")
    text = tokens.new_key_text(key_id, secret_of(key_id))
    key = ApiKey(
        id=key_id,
        workspace_id=workspace_id,
        name=name,
        secret_hmac=tokens.key_hmac(pepper, text),
        scopes=[scope.value for scope in Scope if scope in scopes],
        expires_at=expires_at,
        created_by=created_by,
    )
    session.add(key)
    session.flush()
    session.refresh(key)
    return key, text


def create(
    session: Session,
    pepper: str,
    caller: Caller,
    *,
    name: str,
    scopes: Collection[Scope],
    expires_at: datetime | None,
    secret_of: Callable[[str], str | None],
) -> tuple[ApiKey, str]:
    """Make a key for a caller, who can't hand out more than they have. Raises Forbidden, InvalidRequest."""
    missing = [scope.value for scope in Scope if scope in scopes and scope not in caller.scopes]
    if missing:
        raise Forbidden(
            f"You can't give a key more than you may do yourself: {', '.join(missing)}.",
            param="scopes",
            hint="Leave these scopes out.",
        )
    if expires_at is not None and expires_at <= clock.now():
        raise InvalidRequest("The key would have expired already.", param="expires_at", hint="Choose a later time.")
    return issue(
        session,
        pepper,
        workspace_id=caller.workspace_id,
        name=name,
        scopes=scopes,
        expires_at=expires_at,
        created_by=caller.user_id,
        secret_of=secret_of,
    )


def authenticate_key(
    database: Database, pepper: str, text: str, beside: Statement | None = None
) -> tuple[Caller, Sequence[tuple[Any, ...]]]:
    """The caller behind a key, and the rows that a statement `beside` finds in its workspace, in the same round trip.

    What its maker may no longer do, the key may no longer do either. Raises UnknownKey, RevokedKey, ExpiredKey.
    """
    parsed = tokens.parse_key(text)
    key, rows = repository.key_in_use(database, parsed.id, beside) if parsed else (None, ())
    if key is None or not tokens.same(tokens.key_hmac(pepper, text), key.secret_hmac):
        raise UnknownKey("This is not an API key of this server.")
    if key.revoked_at is not None:
        raise RevokedKey(f"The API key '{key.name}' was revoked on {key.revoked_at:%Y-%m-%d}.")
    if key.expires_at is not None and key.expires_at <= clock.now():
        raise ExpiredKey(f"The API key '{key.name}' expired on {key.expires_at:%Y-%m-%d}.")
    if key.created_by is not None and key.maker_role is None:
        raise RevokedKey(f"Whoever made the API key '{key.name}' has left the workspace.")
    if key.last_used_at is None or clock.now() - key.last_used_at > repository.TOUCH_EVERY:
        with database.system() as session:
            repository.touch_key(session, key.id)
    granted = frozenset(Scope(scope) for scope in key.scopes)
    scopes = granted & SCOPES[MemberRole(key.maker_role)] if key.maker_role else granted
    caller = Caller(
        workspace_id=key.workspace_id,
        user_id=key.created_by,
        api_key_id=key.id,
        role=lowest_role(scopes),
        scopes=scopes,
    )
    return caller, rows


def page(session: Session, workspace_id: str, request: PageRequest) -> tuple[Sequence[ApiKey], str | None]:
    """Keys of a workspace, the revoked ones too."""
    return repository.page_of_keys(session, workspace_id, request)


def everywhere(session: Session) -> Sequence[tuple[ApiKey, str]]:
    """Every key of the server, with the name of its workspace."""
    return repository.all_keys(session)


def workspace_of(session: Session, key_id: str) -> str:
    """The workspace that a key belongs to. Raises NotFound."""
    found = repository.api_key(session, key_id)
    if found is None:
        raise NotFound(f"There is no API key '{key_id}'.")
    return found.workspace_id


def revoke(session: Session, workspace_id: str, key_id: str) -> None:
    """End a key with the next request. Raises NotFound."""
    key = repository.workspace_key(session, workspace_id, key_id)
    if key is None:
        raise NotFound(f"There is no API key '{key_id}'.")
    key.revoked_at = key.revoked_at or clock.now()
