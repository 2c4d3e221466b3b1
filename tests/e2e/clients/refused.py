"""What OpenAI's own client makes of refusals, the same for every major version, whether a program waits or not.

Called as `refused.py READER` with OPENAI_BASE_URL and OPENAI_API_KEY; READER is a key that may not predict. Of the
deployments `support` answers, `broken` has not passed its check, and `answers` breaks off while it writes. A text that
says a status and this major version is refused with that status at first.
"""

import asyncio
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import openai
from openai import AsyncOpenAI, OpenAI

READER = sys.argv[1]
MAJOR = openai.__version__.partition(".")[0]
KEYS = {openai.AuthenticationError: "sk-none", openai.PermissionDeniedError: READER}
REFUSALS: list[tuple[type[openai.APIStatusError], int, str | None, dict[str, Any]]] = [
    (openai.BadRequestError, 400, "temperature", {"temperature": 9}),
    (openai.BadRequestError, 400, "messages", {"messages": []}),
    (openai.AuthenticationError, 401, None, {}),
    (openai.PermissionDeniedError, 403, None, {}),
    (openai.NotFoundError, 404, "model", {"model": "nothing"}),
    (openai.ConflictError, 409, None, {"model": "broken"}),
]
TROUBLES: list[tuple[type[openai.APIStatusError], int]] = [
    (openai.RateLimitError, 429),
    (openai.InternalServerError, 503),
]


def wishes(text: str = "Where is my parcel?", **changes: Any) -> dict[str, Any]:
    return {"model": "support", "messages": [{"role": "user", "content": text}], **changes}


def check(error: Exception, expected: type[openai.APIStatusError], status: int, param: str | None = None) -> None:
    """It is the client's own error for this status, says what the api said, and came of the first request."""
    assert type(error) is expected, error
    assert isinstance(error, openai.APIStatusError)
    assert (error.status_code, error.param) == (status, param)
    assert error.type
    assert error.request_id
    assert error.response.request.headers["x-stainless-retry-count"] == "0"
    assert (error.response.headers.get("retry-after") == "1") == (status in (429, 503))


def broke_off(error: Exception | None, said: list[str | None]) -> None:
    assert isinstance(error, openai.APIError)
    assert "on fire" in error.message
    assert said == ["", "It is"]


def waiting(client: OpenAI) -> None:
    for expected, status, param, changes in REFUSALS:
        caller = client.with_options(api_key=KEYS.get(expected, client.api_key))
        check(failed(caller, **wishes(**changes)), expected, status, param)
    for expected, status in TROUBLES:
        check(failed(client.with_options(max_retries=0), **wishes(f"{status} {MAJOR} once")), expected, status)

    def again(status: int) -> None:
        begun = time.monotonic()
        done = client.chat.completions.create(**wishes(f"{status} {MAJOR} waiting"))
        tried_again(done, begun)

    with ThreadPoolExecutor() as pool:
        list(pool.map(again, [status for _, status in TROUBLES]))
    said: list[str | None] = []
    error = None
    try:
        for chunk in client.chat.completions.create(**wishes(model="answers"), stream=True):
            said.append(chunk.choices[0].delta.content)
    except openai.APIError as found:
        error = found
    broke_off(error, said)


def failed(client: OpenAI, **request: Any) -> Exception:
    try:
        client.chat.completions.create(**request)
    except openai.APIError as error:
        return error
    raise AssertionError(f"{request} was not refused")


async def not_waiting(client: AsyncOpenAI) -> None:
    async def failed(client: AsyncOpenAI, **request: Any) -> Exception:
        (found,) = await asyncio.gather(client.chat.completions.create(**request), return_exceptions=True)
        assert isinstance(found, Exception), f"{request} was not refused"
        return found

    for expected, status, param, changes in REFUSALS:
        caller = client.with_options(api_key=KEYS.get(expected, client.api_key))
        check(await failed(caller, **wishes(**changes)), expected, status, param)
    for expected, status in TROUBLES:
        hasty = client.with_options(max_retries=0)
        check(await failed(hasty, **wishes(f"{status} {MAJOR} once, not waiting")), expected, status)

    async def again(status: int) -> None:
        begun = time.monotonic()
        done = await client.chat.completions.create(**wishes(f"{status} {MAJOR} not waiting"))
        tried_again(done, begun)

    await asyncio.gather(*(again(status) for _, status in TROUBLES))
    said: list[str | None] = []
    error = None
    try:
        async for chunk in await client.chat.completions.create(**wishes(model="answers"), stream=True):
            said.append(chunk.choices[0].delta.content)
    except openai.APIError as found:
        error = found
    broke_off(error, said)


def tried_again(done: Any, begun: float) -> None:
    assert done.choices[0].message.content == "billing"
    assert time.monotonic() - begun >= 1


waiting(OpenAI())
asyncio.run(not_waiting(AsyncOpenAI()))
print(openai.__version__)
