"""What an engine is asked to write, and how it answers: the same for every engine."""

from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from tuneyard.specs.decoding import Decoding


@dataclass(frozen=True)
class Wishes:
    """How the next token is to be chosen; the names and bounds are those of the OpenAI API."""

    temperature: float = 1.0
    top_p: float = 1.0
    seed: int | None = None
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0
    logit_bias: dict[int, float] = field(default_factory=dict)
    logprobs: int | None = None
    """So many of the likeliest tokens are told with each; None: not even its own likelihood."""
    schema: dict[str, Any] | None = None
    """The text has to be JSON that keeps this schema."""

    @classmethod
    def of(cls, decoding: Decoding, stop_ids: Iterable[int]) -> "Wishes":
        """Those of a model that knows how it is to choose."""
        bias = dict.fromkeys(stop_ids, decoding.stop_bias) if decoding.stop_bias else {}
        return cls(decoding.temperature, frequency_penalty=decoding.frequency_penalty, logit_bias=bias)


@dataclass(frozen=True)
class Order:
    """A text to write."""

    ids: list[int]
    """The tokens it goes on from; at least one."""
    most: int
    """Tokens to write at most; `len(ids) + most` is within the engine's room."""
    stop_ids: frozenset[int]
    """Tokens that end it."""
    wishes: Wishes = Wishes()
    adapter: Any = None
    """What the engine gave for it; None for the base model as it is."""
    workspace: str = ""
    """Whose it is: of several that wait, workspaces take turns. Empty for what this process asks itself."""


@dataclass(frozen=True)
class Likelihood:
    """A token and the natural logarithm of its probability."""

    id: int
    logprob: float


@dataclass(frozen=True)
class Token:
    """The next token of a text."""

    id: int
    logprob: float | None = None
    likeliest: tuple[Likelihood, ...] = ()
    """Best first."""
    ends: bool = False
    """Nothing comes after it that would still keep the schema."""
    cached: int = 0
    """Of a text's first one: how many tokens of its order had been read before."""


class WritingEngine(Protocol):
    """A base model that writes several texts at once, each with the adapter it asks for."""

    @property
    def room(self) -> int:
        """Tokens a text may have, those it goes on from included."""
        ...

    @property
    def vocabulary(self) -> int:
        """Tokens that have numbers: a tokenizer may know more, as that of Gemma 3 does."""
        ...

    async def load(self, adapter: Path) -> Any:
        """Make a folder of `peft` ready, to be named in orders. Raises ValueError if it is not for this base model."""
        ...

    async def forget(self, adapter: Any) -> None:
        """It is not asked for again."""
        ...

    def write(self, order: Order) -> AsyncGenerator[Token]:
        """The tokens, up to and with one of `stop_ids`; closing it ends the computing.

        Raises QueueFull, and SchemaRefused for a schema that can't be kept.
        """
        ...

    @property
    def waiting(self) -> int:
        """Texts that have not begun."""
        ...

    async def close(self) -> None:
        """Free everything."""
        ...
