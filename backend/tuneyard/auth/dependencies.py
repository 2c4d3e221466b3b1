"""What routes ask for: the caller, a scope, a transaction. Nobody gets in who is not on the list of public routes."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Annotated, cast

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from tuneyard.auth import beside, cookies, keys, service, tokens
from tuneyard.auth.caller import Caller
from tuneyard.auth.errors import Forbidden, MissingCredentials, WrongServiceToken
from tuneyard.auth.models import Scope
from tuneyard.kit.services import Services, ServicesDep
from tuneyard.kit.web import WEB_UI_ROUTE

__all__ = [
    "Caller",
    "CallerDep",
    "SessionDep",
    "SystemSessionDep",
    "authenticate",
    "requires",
    "requires_browser",
    "requires_service_token",
]

PUBLIC_ROUTES = frozenset(
    {
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("GET", "/api/docs"),
        ("GET", "/api/v1/setup"),
        ("POST", "/api/v1/setup"),
        ("POST", "/api/v1/session"),
    }
)
"""None has a parameter in its path, so a path that is equal is the route itself."""
NEVER_WEB_UI = ("/api/", "/internal/", "/v1/", "/hf/")
INTERNAL = "/internal/"
BEARER = HTTPBearer(auto_error=False, scheme_name="api_key", description="An API key: `ty_…`.")
COOKIE = APIKeyCookie(
    name=cookies.NAME,
    auto_error=False,
    scheme_name="session",
    description="The session of the web UI, from `POST /api/v1/session`; behind TLS its name begins with `__Host-`. "
    f"Changes need the header `{cookies.CSRF_HEADER}: 1` too.",
)

BearerDep = Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)]


async def authenticate(
    request: Request, services: ServicesDep, bearer: BearerDep, _documented: Annotated[str | None, Security(COOKIE)]
) -> Caller | None:
    """The default of the whole app: who calls? None for public routes and the platform's own processes."""
    if _is_public(request):
        return None
    if _path(request).startswith(INTERNAL):
        requires_service_token(services, bearer)
        return None
    if bearer is not None:
        caller = await _by_key(request, services, bearer.credentials)
    elif token := cookies.read(request, services.settings):
        cookies.refuse_cross_site_write(request, services.settings)
        caller = await run_in_threadpool(_by_session, services, token)
    else:
        raise MissingCredentials("You are not signed in.")
    request.state.caller = caller
    return caller


async def _by_key(request: Request, services: Services, text: str) -> Caller:
    aside = beside.of(request)
    asked = await aside.ask(request) if aside else None
    pepper = services.settings.required("secret")
    caller, rows = await run_in_threadpool(keys.authenticate_key, services.database, pepper, text, asked)
    if aside:
        aside.asked, aside.rows = asked, rows
    return caller


def _by_session(services: Services, token: str) -> Caller:
    with services.database.system() as session:
        return service.authenticate_session(session, token)


async def current_caller(request: Request) -> Caller:
    """Whom `authenticate` has found; it runs before every other dependency."""
    caller = getattr(request.state, "caller", None)
    if caller is None:
        raise MissingCredentials("You are not signed in.")
    return cast("Caller", caller)


CallerDep = Annotated[Caller, Depends(current_caller)]


def requires(scope: Scope) -> Callable[[Caller], Awaitable[None]]:
    """A dependency that raises Forbidden unless the caller has the scope."""

    async def check(caller: CallerDep) -> None:
        if scope in caller.scopes:
            return
        if caller.api_key_id:
            raise Forbidden(
                f"This API key may not do that: it lacks the scope '{scope}'.", hint="Make a key that has it."
            )
        raise Forbidden(
            f"Your role '{caller.role}' may not do that: it lacks '{scope}'.",
            hint="Ask an owner or admin of the workspace.",
        )

    return check


async def requires_browser(caller: CallerDep) -> Caller:
    """For routes about one's own account: a signed-in person, not a key."""
    if caller.session_id is None:
        raise Forbidden("An API key can't do that.", hint="Sign in with email address and password.")
    return caller


def requires_service_token(services: ServicesDep, bearer: BearerDep) -> None:
    """For the platform's own processes, under `/internal/`."""
    expected = services.settings.required("service_token")
    if bearer is None or not tokens.same(bearer.credentials, expected):
        raise WrongServiceToken("The service token is missing or wrong.")


def unit_of_work(caller: CallerDep, services: ServicesDep) -> Iterator[Session]:
    """One transaction within the caller's workspace."""
    with services.database.workspace(caller.workspace_id) as session:
        yield session


def system_unit_of_work(services: ServicesDep) -> Iterator[Session]:
    """One transaction of the platform itself, for what belongs to no workspace."""
    with services.database.system() as session:
        yield session


# scope="function": committed before the reply leaves, or the client could read its own write too early.
SessionDep = Annotated[Session, Depends(unit_of_work, scope="function")]
SystemSessionDep = Annotated[Session, Depends(system_unit_of_work, scope="function")]


def _is_public(request: Request) -> bool:
    path = _path(request)
    if (request.method, path) in PUBLIC_ROUTES:
        return True
    is_page = getattr(request.scope.get("route"), "path", None) == WEB_UI_ROUTE
    return request.method == "GET" and is_page and not path.startswith(NEVER_WEB_UI)


def _path(request: Request) -> str:
    # Not request.url, which is put together with the Host header: whoever calls writes that as they like.
    return str(request.scope["path"])
