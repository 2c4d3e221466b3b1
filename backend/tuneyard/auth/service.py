"""Setting up, signing in and out, and changing a password."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tuneyard.auth import passwords, repository, tokens
from tuneyard.auth.caller import Caller
from tuneyard.auth.errors import (
    AlreadySetUp,
    EmailTaken,
    EndedSession,
    TooManyAttempts,
    WrongCredentials,
    WrongPassword,
)
from tuneyard.auth.models import BrowserSession, LoginAttempt, MemberRole, Membership, User, Workspace
from tuneyard.auth.roles import SCOPES
from tuneyard.kit import clock
from tuneyard.kit.errors import NotFound
from tuneyard.kit.ids import new_id

SESSION_IDLE = timedelta(hours=12)
SESSION_LIFE = timedelta(days=7)
LONGEST_USER_AGENT = 400
ATTEMPTS = 10
ATTEMPT_WINDOW = timedelta(minutes=15)
# Any numbers will do, as long as nothing else in the database locks them.
SETUP_LOCK = 7_248_111
ATTEMPT_LOCK = 7_248_112


@dataclass(frozen=True)
class SignedIn:
    """Who is signed in, where, and (only when it was just made) the token of the session."""

    user: User | None
    workspace: Workspace
    role: MemberRole
    token: str = ""


def needs_setup(session: Session) -> bool:
    """Whether nobody has an account yet."""
    return not repository.any_user(session)


def set_up(session: Session, *, email: str, password: str, workspace_name: str, user_agent: str = "") -> SignedIn:
    """Make the first workspace and its owner, and sign them in. Raises AlreadySetUp if there is a user."""
    repository.advisory_lock(session, SETUP_LOCK)
    if repository.any_user(session):
        raise AlreadySetUp("This server has an owner already.")
    workspace = _first_workspace(session, workspace_name)
    user = User(id=new_id("usr"), email=email, password_hash=passwords.hash_password(password))
    session.add(user)
    session.flush()
    membership = Membership(id=new_id("mem"), workspace_id=workspace.id, user_id=user.id, role=MemberRole.OWNER)
    session.add(membership)
    session.flush()
    return SignedIn(user, workspace, membership.role, _open_session(session, membership, user_agent))


def ensure_workspace(session: Session, name: str) -> Workspace:
    """The workspace of this name, made if there is none."""
    repository.advisory_lock(session, SETUP_LOCK)
    found = repository.workspace_by_name(session, name)
    if found is None:
        found = Workspace(id=new_id("ws"), name=name)
        session.add(found)
        session.flush()
    return found


def oldest_workspaces(session: Session, limit: int | None = None) -> Sequence[Workspace]:
    """The first workspaces of the server, or all, whoever they belong to."""
    return repository.workspaces(session, limit)


def workspace_named(session: Session, name: str) -> Workspace:
    """The workspace of this name. Raises NotFound."""
    found = repository.workspace_by_name(session, name)
    if found is None:
        raise NotFound(f"There is no workspace '{name}'.", hint="`tuneyard workspaces` lists them.")
    return found


def admit_attempt(session: Session, account: str, address: str) -> None:
    """Count a try before it is made, so that many at once are counted too. Raises TooManyAttempts.

    To be committed before the password is looked at: a failure must not take its own count back.
    """
    repository.advisory_lock(session, ATTEMPT_LOCK)
    repository.delete_old_attempts(session, ATTEMPT_WINDOW)
    for ages in (
        repository.attempts_by_account(session, account, ATTEMPT_WINDOW),
        repository.attempts_from_address(session, address, ATTEMPT_WINDOW),
    ):
        if len(ages) >= ATTEMPTS:
            raise TooManyAttempts(max(1, math.ceil(ATTEMPT_WINDOW.total_seconds() - ages[ATTEMPTS - 1])))
    session.add(LoginAttempt(account=account, address=address))


def sign_in(session: Session, *, email: str, password: str, old_token: str | None, user_agent: str = "") -> SignedIn:
    """Check the password and open a session; the browser's session before this one ends. Raises WrongCredentials."""
    user = repository.user_by_email(session, email)
    if not passwords.is_right(password, user.password_hash if user else None) or user is None:
        raise WrongCredentials("The email address or the password is wrong.")
    membership = repository.first_membership(session, user.id)
    if membership is None:
        raise WrongCredentials("This account belongs to no workspace.", hint="Ask an owner to add it to one.")
    if passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.hash_password(password)
    repository.delete_attempts_by_account(session, email)
    repository.delete_ended_sessions(session, SESSION_IDLE)
    if old_token:
        repository.delete_session(session, tokens.session_id(old_token))
    workspace = repository.workspace(session, membership.workspace_id)
    return SignedIn(user, workspace, membership.role, _open_session(session, membership, user_agent))


def authenticate_session(session: Session, token: str) -> Caller:
    """The caller behind a session token. Raises EndedSession."""
    found = repository.live_session(session, tokens.session_id(token), SESSION_IDLE)
    if found is None:
        raise EndedSession("Your session has ended.")
    row, role = found
    if clock.now() - row.last_seen_at > repository.TOUCH_EVERY:
        repository.touch_session(session, row.id)
    return Caller(
        workspace_id=row.workspace_id,
        user_id=row.user_id,
        api_key_id=None,
        role=role,
        scopes=SCOPES[role],
        session_id=row.id,
    )


def describe(session: Session, caller: Caller) -> SignedIn:
    """Who the caller is."""
    user = repository.user(session, caller.user_id) if caller.user_id else None
    return SignedIn(user, repository.workspace(session, caller.workspace_id), caller.role)


def account_of(session: Session, user_id: str) -> str:
    """The email address of a user."""
    return repository.user(session, user_id).email


def sign_out(session: Session, session_id: str) -> None:
    """End one session."""
    repository.delete_session(session, session_id)


def sign_out_everywhere(session: Session, user_id: str) -> None:
    """End every session of a user."""
    repository.delete_sessions_of(session, user_id)


def browsers(session: Session, user_id: str) -> Sequence[BrowserSession]:
    """Sessions of a user that have not ended, the last used first."""
    return repository.live_sessions_of(session, user_id, SESSION_IDLE)


def activity_seen_at(session: Session, caller: Caller) -> datetime | None:
    """When the caller last looked at what has ended; None for never, and for a key without a user."""
    if caller.user_id is None:
        return None
    return repository.membership(session, caller.workspace_id, caller.user_id).activity_seen_at


def mark_activity_seen(session: Session, caller: Caller) -> None:
    """Remember that a member has seen what has ended until now."""
    repository.membership(session, caller.workspace_id, str(caller.user_id)).activity_seen_at = clock.now()


def change_email(session: Session, user_id: str, *, email: str, current_password: str) -> User:
    """Sign in with another address from now on. Raises WrongPassword, EmailTaken."""
    user = repository.user(session, user_id)
    _check_password(user, current_password)
    holder = repository.user_by_email(session, email)
    taken = EmailTaken("Another account has this email address.", param="email")
    if holder is not None and holder.id != user.id:
        raise taken
    repository.delete_attempts_by_account(session, user.email)
    user.email = email
    try:
        session.flush()
    except IntegrityError as error:
        raise taken from error
    return user


def change_password(
    session: Session, caller: Caller, user_id: str, *, current: str, new: str, user_agent: str = ""
) -> str:
    """Set a new password and end every session of the user but a fresh one, whose token is returned.

    Raises WrongPassword if the current one is not right.
    """
    user = repository.user(session, user_id)
    _check_password(user, current)
    user.password_hash = passwords.hash_password(new)
    repository.delete_attempts_by_account(session, user.email)
    repository.delete_sessions_of(session, user_id)
    return _new_session(session, caller.workspace_id, user_id, user_agent)


def _check_password(user: User, password: str) -> None:
    if not passwords.is_right(password, user.password_hash):
        raise WrongPassword("The current password is wrong.", param="current_password")


def _first_workspace(session: Session, name: str) -> Workspace:
    """A new workspace, or the only one that the command line has made, so that its models are found in the browser."""
    made = repository.workspaces(session, limit=2)
    if len(made) == 1:
        made[0].name = name
        session.flush()
        return made[0]
    return ensure_workspace(session, name)


def _open_session(session: Session, membership: Membership, user_agent: str) -> str:
    return _new_session(session, membership.workspace_id, membership.user_id, user_agent)


def _new_session(session: Session, workspace_id: str, user_id: str, user_agent: str) -> str:
    token = tokens.new_session_token()
    session.add(
        BrowserSession(
            id=tokens.session_id(token),
            workspace_id=workspace_id,
            user_id=user_id,
            user_agent=user_agent[:LONGEST_USER_AGENT],
            expires_at=clock.now() + SESSION_LIFE,
        )
    )
    session.flush()
    return token
