"""What a route wants to know of the workspace that calls it: asked beside the key, it costs no trip of its own."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from tuneyard.kit.db import Statement


@dataclass
class Beside:
    """A route has put it on its request before anybody knows who calls."""

    ask: Callable[[Request], Awaitable[Statement | None]]
    """What to ask within the workspace, as the setting `app.workspace` names it; None to ask nothing."""
    asked: Statement | None = None
    rows: Sequence[tuple[Any, ...]] = ()
    """What there was, if it was `asked`: whoever calls without a key is known otherwise, and asks by themselves."""


def put(request: Request, beside: Beside) -> None:
    request.state.beside = beside


def of(request: Request) -> Beside | None:
    found: Beside | None = getattr(request.state, "beside", None)
    return found
