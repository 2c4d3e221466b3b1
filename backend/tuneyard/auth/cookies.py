"""The session cookie, the mark of it that pages can read, and the check that a request comes from our own pages."""

from urllib.parse import SplitResult, urlsplit

from fastapi import Request, Response

from tuneyard.auth.errors import CrossSiteRequest
from tuneyard.kit.config import Settings

NAME = "tuneyard_session"
# Without it a page knows before it asks for anything that nobody is signed in.
MARK = "tuneyard_signed_in"
CSRF_HEADER = "x-tuneyard-csrf"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
DEFAULT_PORTS = {"http": 80, "https": 443}

Address = tuple[str | None, int | None]


def name(settings: Settings) -> str:
    """`__Host-` makes browsers refuse the cookie without TLS or from a sibling domain."""
    return f"__Host-{NAME}" if settings.secure_cookies else NAME


def read(request: Request, settings: Settings) -> str | None:
    """The session token of a request."""
    return request.cookies.get(name(settings))


def write(response: Response, settings: Settings, token: str, max_age: int) -> None:
    """Hand a browser its session token."""
    response.set_cookie(
        name(settings),
        token,
        max_age=max_age,
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.secure_cookies,
    )
    _mark(response, settings, max_age)


def mark_again(request: Request, response: Response, settings: Settings) -> None:
    """Mark a session that has lost its mark; else its browser would be sent to sign in."""
    if read(request, settings) and MARK not in request.cookies:
        _mark(response, settings, None)


def _mark(response: Response, settings: Settings, max_age: int | None) -> None:
    # It proves nothing, so scripts may have it.
    response.set_cookie(MARK, "1", max_age=max_age, path="/", samesite="lax", secure=settings.secure_cookies)


def clear(response: Response, settings: Settings) -> None:
    """Make a browser forget its session token."""
    response.delete_cookie(name(settings), path="/", httponly=True, samesite="lax", secure=settings.secure_cookies)
    response.delete_cookie(MARK, path="/", samesite="lax", secure=settings.secure_cookies)


def refuse_cross_site_write(request: Request, settings: Settings) -> None:
    """Raise CrossSiteRequest unless a cookie's write says it comes from our pages, in two independent ways."""
    if request.method in SAFE_METHODS:
        return
    if request.headers.get(CSRF_HEADER) != "1":
        raise CrossSiteRequest(f"The header {CSRF_HEADER} is missing.")
    if not _from_here(request, settings, _source(request)):
        raise CrossSiteRequest("The request does not come from a page of this server.")


def refuse_foreign_page(request: Request, settings: Settings) -> None:
    """Raise CrossSiteRequest if a browser says that another site's page sent this. Programs send no Origin."""
    source = _source(request)
    if source is not None and not _from_here(request, settings, source):
        raise CrossSiteRequest("The request does not come from a page of this server.")


def _source(request: Request) -> str | None:
    return request.headers.get("origin") or request.headers.get("referer")


def _from_here(request: Request, settings: Settings, source: str | None) -> bool:
    if source is None:
        return False
    try:
        page = urlsplit(source)
        ours = [urlsplit(f"{page.scheme}://{request.headers.get('host', '')}")]
        if settings.public_url:
            ours.append(urlsplit(settings.public_url))
        return page.scheme in DEFAULT_PORTS and any(
            page.scheme == own.scheme and _address(page) == _address(own) for own in ours
        )
    except ValueError:
        # A port that is no number, or half an IPv6 address.
        return False


def _address(url: SplitResult) -> Address:
    return url.hostname, url.port or DEFAULT_PORTS.get(url.scheme)
