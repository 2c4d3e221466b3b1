"""Routes for setting up, signing in and out, and API keys."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from tuneyard.auth import cookies, keys, service, tokens
from tuneyard.auth.caller import Caller
from tuneyard.auth.dependencies import CallerDep, SessionDep, SystemSessionDep, requires, requires_browser
from tuneyard.auth.models import ApiKey, Scope
from tuneyard.auth.repeating import ManualOnceDep
from tuneyard.auth.roles import SCOPES
from tuneyard.auth.schemas import (
    ApiKeyCreated,
    ApiKeyRead,
    ApiKeyRequest,
    BrowserList,
    BrowserRead,
    PasswordChange,
    ProfileChange,
    SessionRead,
    SetupRequest,
    SetupState,
    SignInRequest,
    UserRead,
    WorkspaceRead,
)
from tuneyard.auth.service import SESSION_LIFE, SignedIn
from tuneyard.kit.pagination import Page, PageQuery
from tuneyard.kit.services import Services, ServicesDep
from tuneyard.kit.web import Replay, documented

# Read before anybody is asked who they are.
LARGEST_BODY = 64 * 1024

router = APIRouter(tags=["account"], max_body_size=LARGEST_BODY)

BrowserDep = Annotated[Caller, Depends(requires_browser)]
ADMIN = [Depends(requires(Scope.ADMIN))]


@router.get("/setup", response_model=SetupState, summary="Whether the server still needs its first account")
def get_setup(session: SystemSessionDep) -> SetupState:
    """Needs no credentials."""
    return SetupState(needed=service.needs_setup(session))


@router.post(
    "/setup",
    status_code=201,
    response_model=SessionRead,
    responses=documented(409),
    summary="Make the first account and its workspace",
)
def set_up(
    body: SetupRequest, request: Request, response: Response, session: SystemSessionDep, services: ServicesDep
) -> SessionRead:
    """Only while there is no account at all. Whoever does it owns the workspace, and is signed in."""
    cookies.refuse_foreign_page(request, services.settings)
    done = service.set_up(
        session,
        email=body.email,
        password=body.password,
        workspace_name=body.workspace,
        user_agent=_user_agent(request),
    )
    return _signed_in(response, services, done)


@router.post("/session", response_model=SessionRead, responses=documented(429), summary="Sign in")
def sign_in(body: SignInRequest, request: Request, response: Response, services: ServicesDep) -> SessionRead:
    """Hands out a session cookie. After ten failed tries by account or address, the next must wait 15 minutes."""
    cookies.refuse_foreign_page(request, services.settings)
    _count_attempt(services, request, body.email)
    old_token = cookies.read(request, services.settings)
    with services.database.system() as session:
        done = service.sign_in(
            session,
            email=body.email,
            password=body.password,
            old_token=old_token,
            user_agent=_user_agent(request),
        )
    return _signed_in(response, services, done)


@router.get("/session", response_model=SessionRead, summary="Who am I?")
def get_session(caller: CallerDep, session: SessionDep) -> SessionRead:
    """The user, workspace, role and scopes behind the credentials."""
    return _read(service.describe(session, caller), caller.scopes)


@router.delete("/session", status_code=204, summary="Sign out")
def sign_out(caller: BrowserDep, response: Response, session: SessionDep, services: ServicesDep) -> None:
    """Ends this session at once, on the server too."""
    service.sign_out(session, str(caller.session_id))
    cookies.clear(response, services.settings)


@router.get("/sessions", response_model=BrowserList, summary="Where you are signed in")
def list_browsers(caller: BrowserDep, session: SystemSessionDep) -> BrowserList:
    """Browsers that are signed in to your account; this one is marked."""
    found = service.browsers(session, str(caller.user_id))
    return BrowserList(
        data=[
            BrowserRead(
                user_agent=row.user_agent,
                created_at=row.created_at,
                last_seen_at=row.last_seen_at,
                is_current=row.id == caller.session_id,
            )
            for row in found
        ]
    )


@router.delete("/sessions", status_code=204, summary="Sign out everywhere")
def sign_out_everywhere(
    caller: BrowserDep, response: Response, session: SystemSessionDep, services: ServicesDep
) -> None:
    """Ends every session of your account, this one too. API keys go on working."""
    service.sign_out_everywhere(session, str(caller.user_id))
    cookies.clear(response, services.settings)


@router.post("/password", status_code=204, responses=documented(429), summary="Change your password")
def change_password(
    body: PasswordChange, caller: BrowserDep, request: Request, response: Response, services: ServicesDep
) -> None:
    """Ends every other session of your account."""
    user_id = str(caller.user_id)
    _count_own_attempt(services, request, user_id)
    with services.database.system() as session:
        token = service.change_password(
            session,
            caller,
            user_id,
            current=body.current_password,
            new=body.new_password,
            user_agent=_user_agent(request),
        )
    cookies.write(response, services.settings, token, int(SESSION_LIFE.total_seconds()))


@router.patch("/profile", response_model=UserRead, responses=documented(409, 429), summary="Change your email address")
def change_profile(body: ProfileChange, caller: BrowserDep, request: Request, services: ServicesDep) -> UserRead:
    """Takes your password, because whoever has the address signs in with it from now on."""
    user_id = str(caller.user_id)
    _count_own_attempt(services, request, user_id)
    with services.database.system() as session:
        user = service.change_email(session, user_id, email=body.email, current_password=body.current_password)
        return UserRead.model_validate(user)


@router.post("/api-keys", status_code=201, response_model=ApiKeyCreated, dependencies=ADMIN, summary="Make an API key")
def create_api_key(
    body: ApiKeyRequest, caller: CallerDep, session: SessionDep, services: ServicesDep, once: ManualOnceDep
) -> ApiKeyCreated:
    """The answer is the only time the key is shown, but for the same request repeated with its `Idempotency-Key`."""
    pepper = services.settings.required("secret")

    def secret_of(key_id: str) -> str | None:
        return once.secret(pepper, key_id)

    first = once.first_answer(body.model_dump_json())
    if first is not None:
        kept = ApiKeyRead.model_validate_json(first)
        again = ApiKeyCreated(**kept.model_dump(), key=tokens.new_key_text(kept.id, secret_of(kept.id)))
        raise Replay(201, again.model_dump_json())
    key, text = keys.create(
        session,
        pepper,
        caller,
        name=body.name,
        scopes=body.scopes,
        expires_at=body.expires_at,
        secret_of=secret_of,
    )
    return once.keep(session, ApiKeyCreated(**_key(key).model_dump(), key=text), without="key")


@router.get("/api-keys", response_model=Page[ApiKeyRead], dependencies=ADMIN, summary="The workspace's API keys")
def list_api_keys(caller: CallerDep, session: SessionDep, page: PageQuery) -> Page[ApiKeyRead]:
    """Revoked and expired ones too, without the keys themselves."""
    rows, next_cursor = keys.page(session, caller.workspace_id, page)
    return Page(data=[_key(row) for row in rows], next_cursor=next_cursor)


@router.delete(
    "/api-keys/{api_key_id}",
    status_code=204,
    dependencies=ADMIN,
    responses=documented(404),
    summary="Revoke an API key",
)
def revoke_api_key(api_key_id: str, caller: CallerDep, session: SessionDep) -> None:
    """Its next request is refused."""
    keys.revoke(session, caller.workspace_id, api_key_id)


def _count_attempt(services: Services, request: Request, account: str) -> None:
    # A transaction of its own: the count has to stay when the sign-in fails.
    with services.database.system() as session:
        service.admit_attempt(session, account, request.client.host if request.client else "unknown")


def _count_own_attempt(services: Services, request: Request, user_id: str) -> None:
    with services.database.system() as session:
        account = service.account_of(session, user_id)
    _count_attempt(services, request, account)


def _user_agent(request: Request) -> str:
    return request.headers.get("user-agent", "")


def _signed_in(response: Response, services: Services, done: SignedIn) -> SessionRead:
    cookies.write(response, services.settings, done.token, int(SESSION_LIFE.total_seconds()))
    return _read(done, SCOPES[done.role])


def _read(done: SignedIn, scopes: frozenset[Scope]) -> SessionRead:
    return SessionRead(
        user=UserRead.model_validate(done.user) if done.user else None,
        workspace=WorkspaceRead.model_validate(done.workspace),
        role=done.role,
        scopes=[scope for scope in Scope if scope in scopes],
    )


def _key(key: ApiKey) -> ApiKeyRead:
    return ApiKeyRead.model_validate(key)
