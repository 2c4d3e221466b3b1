"""Texts that keep a JSON schema, by the library `llguidance`."""

import json
from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
from llguidance import JsonCompiler, LLMatcher, LLTokenizer
from llguidance.numpy import allocate_token_bitmask, apply_token_bitmask_inplace, fill_next_token_bitmask
from numpy.typing import NDArray
from tokenizers import Tokenizer

ANY_OBJECT: dict[str, Any] = {"type": "object"}
"""The schema of what may be any JSON object."""
# Models of this size would else fill their answers with blanks, which every schema allows.
BLANKS = r"[ \n]{0,8}"


# Compiling takes the square of a schema's size, and deep ones and huge numbers end the process.
LONGEST_SCHEMA = 16 * 2**10
LARGEST_NUMBER = 2**53


class SchemaRefused(ValueError):
    """A schema that can't be kept; the message says why."""


class Grammars:
    """Makes grammars for the tokens of one model."""

    def __init__(self, tokenizer: Tokenizer, vocabulary: int, stop_ids: Collection[int]) -> None:
        # The library takes no tokenizer that knows more tokens than it is told of.
        self._size = max(vocabulary, tokenizer.get_vocab_size(with_added_tokens=True))
        self._tokenizer = LLTokenizer(tokenizer.to_str(), n_vocab=self._size, eos_token=sorted(stop_ids))
        self._compiler = JsonCompiler(whitespace_pattern=BLANKS)

    def of(self, schema: dict[str, Any]) -> "Grammar":
        """A grammar at its beginning. Raises SchemaRefused."""
        text = json.dumps(schema)
        if len(text) > LONGEST_SCHEMA:
            raise SchemaRefused(f"It is longer than {LONGEST_SCHEMA:,} characters")
        if any(abs(number) > LARGEST_NUMBER for number in _numbers(schema)):
            raise SchemaRefused("It has a number that is too large")
        try:
            compiled = self._compiler.compile(text)
        except ValueError as error:
            raise SchemaRefused(str(error).splitlines()[0]) from error
        grammar = Grammar(LLMatcher(self._tokenizer, compiled), self._size)
        # Some schemas turn out to be impossible only when the first token is looked for.
        grammar.forbid(np.zeros(self._size, np.float32))
        grammar.check()
        return grammar


class Grammar:
    """What may come next in one text."""

    def __init__(self, matcher: LLMatcher, vocabulary: int) -> None:
        self._matcher = matcher
        self._mask = allocate_token_bitmask(1, vocabulary)

    def forbid(self, scores: NDArray[np.float32]) -> None:
        """Make every token impossible that would break the schema."""
        fill_next_token_bitmask(self._matcher, self._mask)
        apply_token_bitmask_inplace(scores, self._mask)

    def take(self, token: int) -> bool:
        """Go on with a token; whether nothing can follow. Raises SchemaRefused."""
        self._matcher.consume_token(token)
        self.check()
        return bool(self._matcher.is_stopped())

    def check(self) -> None:
        """Raises SchemaRefused if the schema has turned out to be impossible."""
        if self._matcher.is_error():
            raise SchemaRefused((self._matcher.get_error().splitlines() or ["nothing fits it"])[0])


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _numbers(each)
    elif isinstance(value, int | float):
        yield value
