"""A model that writes: messages in, text out, token by token."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from typing import Any, cast

from tokenizers import Tokenizer

from tuneyard.specs.decoding import USUAL, Decoding
from tuneyard_worker.data.chat_text import BEGIN_THOUGHT, ChatText, Piece, token_ids
from tuneyard_worker.data.messages import Message, NotAConversation, Speaker
from tuneyard_worker.data.plain_tokenizer import PlainTokenizer
from tuneyard_worker.serving.engines.grammar import SchemaRefused
from tuneyard_worker.serving.engines.writing import Likelihood, Order, Token, Wishes, WritingEngine
from tuneyard_worker.serving.errors import TooLong, Unwritable
from tuneyard_worker.serving.writing.schemas import Part, Said, ToldLikelihood, ToldToken, Usage, WriteRequest
from tuneyard_worker.serving.writing.text_stream import TextStream
from tuneyard_worker.serving.writing.thoughts import Thoughts
from tuneyard_worker.serving.writing.token_bytes import bytes_of

# OpenAI's newer name of the role.
SAME_ROLES = {"developer": "system"}
SHORT = 10_000
"""Characters whose tokens take about a millisecond."""
LONGEST_MARK = 16
"""Tokens that hold the beginning of a thought and the blanks behind it."""


@dataclass(frozen=True, eq=False)
class Words:
    """How a model reads and writes text."""

    tokenizer: Tokenizer
    plain: PlainTokenizer
    chat: ChatText
    templates: Executor
    """Where conversations are written with its template."""


@dataclass(frozen=True, eq=False)
class Writer:
    """Implements Loaded."""

    engine: WritingEngine
    adapter: Any
    words: Words
    system_prompt: str
    """Said before every conversation that has no system message."""
    decoding: Decoding = USUAL
    """How it answers where nobody says how."""
    sizes: dict[str, int] = field(default_factory=dict)

    @property
    def waiting(self) -> int:
        return self.engine.waiting

    async def order(self, request: WriteRequest) -> Order:
        """What the engine is asked. Raises TooLong, Unwritable."""
        ids = await self._ids(request)
        room = self.engine.room - len(ids)
        if not ids:
            raise Unwritable("There is nothing to go on from.", hint="Send a text.")
        most_ids = min(self.words.tokenizer.get_vocab_size(with_added_tokens=True), self.engine.vocabulary)
        if not all(0 <= number < most_ids for number in ids):
            raise Unwritable(f"A number is none of the model's {most_ids:,} tokens.", param="prompt")
        if room < 1:
            # By the first words litellm, and what is built on it, tells this from other refusals.
            raise TooLong(
                f"This model's maximum context length is {self.engine.room} tokens, its answer included; "
                f"what it was sent has {len(ids)} tokens."
            )
        usual = self._usual(request)
        wishes = replace(
            usual,
            temperature=_given(request.temperature, usual.temperature),
            top_p=request.top_p,
            seed=request.seed,
            presence_penalty=request.presence_penalty,
            # A schema has the same signs again and again.
            frequency_penalty=_given(
                request.frequency_penalty, usual.frequency_penalty if request.json_schema is None else 0.0
            ),
            logit_bias=usual.logit_bias | request.logit_bias,
            logprobs=request.logprobs,
            schema=request.json_schema,
        )
        most = min(room, request.most or room)
        return Order(ids, most, frozenset(self.words.chat.stop_ids), wishes, self.adapter, request.workspace)

    async def parts(self, request: WriteRequest) -> AsyncGenerator[Part | Usage]:
        """The choices as they are written, side by side, and then what it took.

        Closing it stops the computing. Raises TooLong, Unwritable, QueueFull.
        """
        order = await self.order(request)
        told: asyncio.Queue[Part | Exception] = asyncio.Queue(maxsize=64)
        tasks = [
            asyncio.create_task(self._choice(_of_choice(order, index), request, index, told))
            for index in range(request.n)
        ]
        completion, cached, open_choices = 0, 0, len(tasks)
        try:
            while open_choices:
                part = await told.get()
                if isinstance(part, Exception):
                    raise part
                completion += part.count
                cached += part.cached if part.index == 0 else 0
                open_choices -= part.finish_reason is not None
                yield part
            yield Usage(prompt_tokens=len(order.ids), completion_tokens=completion, cached_tokens=cached)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def text_of(self, token: int) -> str:
        """A token by itself, as people read it."""
        return str(self.words.tokenizer.decode([token], skip_special_tokens=False))

    def _usual(self, request: WriteRequest) -> Wishes:
        """What is wished where a request says nothing: as in the exam, unless it is to be drawn at another temperature.

        Several choices of the likeliest tokens would all be the same, so these are drawn too.
        """
        of_exam = request.n == 1 if request.temperature is None else request.temperature == self.decoding.temperature
        return Wishes.of(self.decoding, self.words.chat.stop_ids) if of_exam else Wishes()

    async def _ids(self, request: WriteRequest) -> list[int]:
        if request.messages is None:
            prompt = request.prompt or ""
            return prompt if isinstance(prompt, list) else await asyncio.to_thread(self.words.plain.begun, prompt)
        said = [_message(each) for each in self._begun(request.messages)]
        pieces, ids = await asyncio.get_running_loop().run_in_executor(self.words.templates, self._asked, said)
        return ids or await asyncio.to_thread(self._encoded, pieces)

    def _asked(self, said: Sequence[Message]) -> tuple[list[Piece], list[int]]:
        """The question, and its tokens unless it is so long that others would wait for them."""
        try:
            pieces = self.words.chat.question(said)
        except NotAConversation as problem:
            raise Unwritable(problem.reason.text, param="messages") from problem
        if not self.decoding.thinks:
            pieces.append(Piece(self.words.chat.empty_thought, learned=False))
        short = sum(len(piece.text) for piece in pieces) <= SHORT
        return pieces, self._encoded(pieces) if short else []

    def _encoded(self, pieces: Sequence[Piece]) -> list[int]:
        return [number for piece in pieces for number in token_ids(piece, self.words.plain)]

    def _begun(self, messages: list[Said]) -> list[Said]:
        """With what it was taught to be told first."""
        if not self.system_prompt or any(_message(each).role == "system" for each in messages):
            return messages
        return [Said(role="system", content=self.system_prompt), *messages]

    async def _choice(
        self, order: Order, request: WriteRequest, index: int, told: "asyncio.Queue[Part | Exception]"
    ) -> None:
        goes_on = request.messages is None
        stream = TextStream(self.words.tokenizer, request.stop, order.ids if goes_on else ())
        thoughts = None if goes_on else Thoughts(begun=self._thinks(order))
        tokens = self.engine.write(order)
        count = 0
        held: list[ToldToken] = []
        try:
            async for token in tokens:
                count += 1
                ends = token.id in order.stop_ids
                text = "" if ends else stream.add(token.id)
                finished = ends or token.ends or stream.stopped
                reason = "stop" if finished else "length" if count == order.most else None
                if reason and not stream.stopped:
                    text += stream.rest()
                part = Part(index=index, text=text, finish_reason=reason, count=1, cached=token.cached)
                if thoughts is not None:
                    part.thought, part.text = thoughts.add(text, ends=bool(reason))
                if token.logprob is not None and not ends:
                    held.append(self._told(token))
                if stream.stopped:
                    # What belongs to the stop is no part of the answer.
                    held = _of_text(held, text)
                if reason or not stream.holds:
                    part.tokens, held = held, []
                await told.put(part)
                if reason:
                    return
        except SchemaRefused as error:
            await told.put(Unwritable(f"The schema can't be kept: {error}.", param="response_format"))
        except asyncio.CancelledError:
            raise
        except Exception as error:  # it belongs to whoever waits for the text
            await told.put(error)
        finally:
            await tokens.aclose()

    def _thinks(self, order: Order) -> bool:
        """Whether the question ends in the middle of a thought."""
        end = self.words.tokenizer.decode(order.ids[-LONGEST_MARK:], skip_special_tokens=False)
        return str(end).rstrip().endswith(BEGIN_THOUGHT)

    def _told(self, token: Token) -> ToldToken:
        return ToldToken(
            text=self.text_of(token.id),
            bytes=self._bytes_of(token.id),
            logprob=token.logprob or 0.0,
            likeliest=[self._likelihood(each) for each in token.likeliest],
        )

    def _likelihood(self, likelihood: Likelihood) -> ToldLikelihood:
        token = likelihood.id
        return ToldLikelihood(text=self.text_of(token), bytes=self._bytes_of(token), logprob=likelihood.logprob)

    def _bytes_of(self, token: int) -> list[int]:
        return list(bytes_of(self.words.tokenizer, token))


def _given(value: float | None, usual: float) -> float:
    return usual if value is None else value


def _of_text(tokens: list[ToldToken], text: str) -> list[ToldToken]:
    """The first tokens, as many as the text has room for."""
    kept, room = [], len(text)
    for token in tokens:
        room -= len(token.text)
        if room < 0:
            break
        kept.append(token)
    return kept


def _message(said: Said) -> Message:
    # A template may know more roles than those that can be taught.
    return Message(cast("Speaker", SAME_ROLES.get(said.role, said.role)), said.content)


def _of_choice(order: Order, index: int) -> Order:
    """Choices that are wanted to be repeatable must not be the same."""
    if order.wishes.seed is None or not index:
        return order
    return replace(order, wishes=replace(order.wishes, seed=order.wishes.seed + index))
