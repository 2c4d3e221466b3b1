"""Coroutines in tests run in a thread of their own: the browser of other tests keeps an event loop in this one."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Answer = TypeVar("Answer")


def run(coroutine: Coroutine[Any, Any, Answer]) -> Answer:
    """What it returns, or raises."""
    return aside(asyncio.run, coroutine)


def aside(function: Callable[..., Answer], *given: Any) -> Answer:
    """What a function returns, or raises, that begins an event loop itself."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(function, *given).result()
