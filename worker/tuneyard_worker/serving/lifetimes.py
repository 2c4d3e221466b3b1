"""What has to be done once nobody uses a thing any more."""

import asyncio
import weakref
from collections.abc import Callable, Coroutine
from typing import Any


def when_gone(thing: object, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Have the running loop do `work` when the last reference to `thing` goes, in whatever thread; not at exit."""
    loop = asyncio.get_running_loop()

    def begin() -> None:
        if loop.is_running():
            asyncio.run_coroutine_threadsafe(work(), loop)

    weakref.finalize(thing, begin).atexit = False
