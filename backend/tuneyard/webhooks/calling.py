"""One call of a receiver: of an address that may be called, looked up once, and over in time whatever it does."""

import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import httpcore

from tuneyard.kit.config import Networks
from tuneyard.webhooks.addresses import AddressRefused, resolve

TIMEOUT_SECONDS = 15.0
LOOKUP_SECONDS = 5.0
# Then the next address of the host is tried.
CONNECT_SECONDS = 5.0
ANSWER_BYTES = 1024
LONGEST_NUMBER = 9


class Problem(StrEnum):
    """Why there was no answer."""

    PRIVATE_ADDRESS = "private_address"
    UNKNOWN_HOST = "unknown_host"
    SLOW_RESOLVER = "slow_resolver"
    NO_CONNECTION = "no_connection"
    TLS = "tls"
    TIMEOUT = "timeout"
    NO_HTTP = "no_http"
    UNREADABLE_SECRET = "unreadable_secret"  # noqa: S105 - no secret


WORDS: dict[Problem, str] = {
    Problem.PRIVATE_ADDRESS: "The address is not public, and TUNEYARD_WEBHOOK_NETWORKS does not allow it.",
    Problem.UNKNOWN_HOST: "There is no host of this name.",
    Problem.SLOW_RESOLVER: f"The name of the host was not looked up in time: it has {LOOKUP_SECONDS:.0f} seconds.",
    Problem.NO_CONNECTION: "Nobody took the connection, or it broke off.",
    Problem.TLS: "There is no secure connection that can be trusted.",
    Problem.TIMEOUT: f"There was no answer in time: it has {TIMEOUT_SECONDS:.0f} seconds.",
    Problem.NO_HTTP: "What came back is no answer of a web server.",
    Problem.UNREADABLE_SECRET: "The secret can't be read: the server has another one now. Make a new secret.",
}


@dataclass(frozen=True)
class Answer:
    """What came of a call; `problem` if no status came back, with what the machine says of it."""

    seconds: float = 0.0
    status_code: int | None = None
    text: str | None = None
    retry_after: int | None = None
    problem: Problem | None = None
    cause: str = ""

    @property
    def delivered(self) -> bool:
        return self.status_code is not None and 200 <= self.status_code < 300

    @property
    def error(self) -> dict[str, str] | None:
        """The problem as it is stored."""
        if self.problem is None:
            return None
        message = f"{WORDS[self.problem]} {self.cause}".strip()
        return {"code": self.problem.value, "message": message, "cause": self.cause}


class Deadline:
    """A moment that no waiting goes beyond."""

    def __init__(self, seconds: float) -> None:
        self._began = time.monotonic()
        self._seconds = seconds

    @property
    def passed(self) -> float:
        return time.monotonic() - self._began

    def left(self) -> float:
        """Seconds until then. Raises httpcore.ReadTimeout when there are none."""
        left = self._seconds - self.passed
        if left <= 0:
            raise httpcore.ReadTimeout
        return left


class BoundedStream(httpcore.NetworkStream):
    """A connection on which byte after byte can't go on for ever: each wait is only for what is left of the time."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return BoundedStream(
            self._stream.start_tls(ssl_context, server_hostname, self._deadline.left()), self._deadline
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class GuardedNetwork(httpcore.NetworkBackend):
    """Connects to the very address it has looked at, so that a name can't mean another one a moment later."""

    def __init__(self, networks: Networks, deadline: Deadline) -> None:
        self._networks = networks
        self._deadline = deadline
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError()
        for address in resolve(host, port, self._networks, min(LOOKUP_SECONDS, self._deadline.left())):
            try:
                stream = self._network.connect_tcp(address, port, min(CONNECT_SECONDS, self._deadline.left()))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return BoundedStream(stream, self._deadline)
        raise failure


def post(
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    networks: Networks,
    context: ssl.SSLContext,
    *,
    answer_bytes: int = ANSWER_BYTES,
    deadline: Deadline | None = None,
) -> Answer:
    """Send `body` and read how the answer begins, in 15 seconds or until `deadline`.

    Follows no redirect, and no proxy of the environment.
    """
    deadline = deadline or Deadline(TIMEOUT_SECONDS)
    try:
        return _post(url, headers, body, deadline, GuardedNetwork(networks, deadline), context, answer_bytes)
    except AddressRefused as error:
        problem, cause = Problem.PRIVATE_ADDRESS, str(error)
    except socket.gaierror as error:
        problem, cause = Problem.UNKNOWN_HOST, str(error.strerror)
    except TimeoutError:
        problem, cause = Problem.SLOW_RESOLVER, ""
    except httpcore.TimeoutException:
        problem, cause = Problem.TIMEOUT, ""
    except httpcore.NetworkError as error:
        is_tls = any(isinstance(reason, ssl.SSLError) for reason in error.args)
        problem, cause = Problem.TLS if is_tls else Problem.NO_CONNECTION, str(error)
    except httpcore.ProtocolError as error:
        problem, cause = Problem.NO_HTTP, str(error)
    return Answer(deadline.passed, problem=problem, cause=cause)


def _post(
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    deadline: Deadline,
    network: httpcore.NetworkBackend,
    context: ssl.SSLContext,
    answer_bytes: int,
) -> Answer:
    with (
        httpcore.ConnectionPool(ssl_context=context, network_backend=network) as pool,
        pool.stream("POST", url, headers=list(headers.items()), content=body) as response,
    ):
        beginning = _beginning(response, answer_bytes)
        return Answer(
            deadline.passed,
            status_code=response.status,
            # Postgres stores no NUL.
            text=beginning.decode(errors="replace").replace("\0", "\ufffd"),
            retry_after=_retry_after(response),
        )


def _beginning(response: httpcore.Response, size: int) -> bytes:
    """The first bytes of an answer; who has said that all is well may break off after that."""
    found = b""
    with suppress(httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
        for piece in response.iter_stream():
            found += piece
            if len(found) >= size:
                break
    return found[:size]


def _retry_after(response: httpcore.Response) -> int | None:
    """In seconds, if the answer says so; a date is not looked at."""
    wanted = next((value for name, value in response.headers if name.lower() == b"retry-after"), b"")
    return int(wanted) if wanted.isdigit() and len(wanted) <= LONGEST_NUMBER else None
