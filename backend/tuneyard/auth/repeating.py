"""`Idempotency-Key`: a creating request that names itself may be repeated, and creates once.

The answer is stored in the transaction that creates, so neither is there without the other. What was refused has
created nothing and leaves nothing: its key is free again. docs/decisions/0007-repeated-requests.md has the reasons.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from sqlalchemy.orm import Session
from ulid import ULID

from tuneyard.auth import repository
from tuneyard.auth.dependencies import CallerDep
from tuneyard.auth.errors import RepeatedOtherwise, RequestAtWork
from tuneyard.auth.models import IdempotentRequest
from tuneyard.kit.db import Database
from tuneyard.kit.services import Services, ServicesDep
from tuneyard.kit.web import Replay

KEPT = timedelta(hours=24)
# Who has not answered by then is taken for dead. If it still lives, it finds its place taken, and creates nothing.
AT_WORK = timedelta(minutes=1)
RETRY_SECONDS = 2
HEADER = "Idempotency-Key"

Answer = TypeVar("Answer", bound=BaseModel)
KeyHeader = Annotated[
    str | None,
    Header(
        alias=HEADER,
        min_length=1,
        max_length=255,
        description="A name of your own for this request, such as a UUID. Sent again within 24 hours with the same "
        "body, the request is not carried out again: it is answered as it was the first time.",
    ),
]


class Once:
    """A request that is carried out at most once; without a key it is like any other."""

    def __init__(self, database: Database, request: IdempotentRequest | None, key: str, status_code: int) -> None:
        self.first: IdempotentRequest | None = None
        self._database = database
        self._request = request
        self._key = key
        self._status_code = status_code
        self._kept = False

    def begin(self) -> None:
        """Take the place of the request. Raises RequestAtWork while the same one is being carried out."""
        if self._request is None:
            return
        with self._database.workspace(self._request.workspace_id) as session:
            self.first = repository.begin_request(session, self._request, KEPT, AT_WORK)
        if self.first is not None and self.first.status_code is None:
            raise _at_work()

    def first_answer(self, identity: str) -> str | None:
        """JSON of the first answer to a request that asked for the same. Raises RepeatedOtherwise if it did not."""
        if self._request is None:
            return None
        self._request.fingerprint = hashlib.sha256(identity.encode()).hexdigest()
        if self.first is None:
            return None
        if self.first.fingerprint != self._request.fingerprint:
            raise RepeatedOtherwise(f"Another request was sent with this {HEADER} before.", param=HEADER)
        return self.first.answer

    def identify(self, identity: str) -> None:
        """Say what is asked for. Raises Replay if it was answered before, RepeatedOtherwise if something else was."""
        answer = self.first_answer(identity)
        if answer is not None:
            raise Replay(self._status_code, answer)

    def keep(self, session: Session, answer: Answer, *, without: str | None = None) -> Answer:
        """Store the answer in the transaction that creates; the field `without` is never written down."""
        if self._request is not None:
            text = answer.model_dump_json(by_alias=True, exclude={without} if without else None)
            self._kept = True
            if not repository.answer_request(session, self._request, self._status_code, text):
                raise _at_work()
        return answer

    def secret(self, pepper: str, purpose: str) -> str | None:
        """256 bits that only this request with this key leads to, on this server; None without a key."""
        if self._request is None:
            return None
        bits = hmac.new(pepper.encode(), f"{purpose} {self._key}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(bits).rstrip(b"=").decode()

    def end(self) -> None:
        """Give the place up, unless the request was answered."""
        # One that was answered is held by its transaction; if that fails, the place is free again after AT_WORK.
        if self._request is not None and self.first is None and not self._kept:
            with self._database.workspace(self._request.workspace_id) as session:
                repository.abandon_request(session, self._request)


def once_by_hand(request: Request, caller: CallerDep, services: ServicesDep, key: KeyHeader = None) -> Iterator[Once]:
    """For routes that know only later what is asked for, or have an answer of their own."""
    row = None
    if key is not None:
        row = IdempotentRequest(
            workspace_id=caller.workspace_id,
            route=f"{request.method} {request.scope['path']}",
            key_sha256=hashlib.sha256(key.encode()).hexdigest(),
            token=str(ULID()),
        )
    once = Once(services.database, row, key or "", request.scope["route"].status_code or 200)
    once.begin()
    try:
        yield once
    finally:
        once.end()


async def identity_of_body(request: Request) -> str:
    """What a request with JSON asks for; the body has been read, and counted, by then."""
    if HEADER not in request.headers:
        return ""
    return f"{request.url.query}\n{(await request.body()).decode(errors='replace')}"


ManualOnceDep = Annotated[Once, Depends(once_by_hand, scope="function")]


def once(by_hand: ManualOnceDep, identity: Annotated[str, Depends(identity_of_body)]) -> Once:
    """For routes with a JSON body, or none."""
    by_hand.identify(identity)
    return by_hand


OnceDep = Annotated[Once, Depends(once)]


def forget_old(services: Services) -> None:
    """Remove what is not answered again."""
    with services.database.system() as session:
        repository.delete_old_requests(session, KEPT)


def _at_work() -> RequestAtWork:
    return RequestAtWork(
        f"A request with this {HEADER} is being carried out.", headers={"retry-after": str(RETRY_SECONDS)}
    )
