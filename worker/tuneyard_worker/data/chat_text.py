"""Conversations as the text that a model reads and writes, by its own chat template."""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from jinja2 import TemplateError

from tuneyard.specs.control_tokens import ControlTokens
from tuneyard_worker.data.messages import Message, NotAConversation
from tuneyard_worker.data.sentences import Sentence


class ChatTokenizer(Protocol):
    """Training has that of `transformers`, what is shown before it and served a PlainTokenizer; both make the same."""

    @property
    def eos_token(self) -> Any: ...

    @property
    def eos_token_id(self) -> Any: ...

    @property
    def added_tokens_decoder(self) -> Any: ...

    @property
    def all_special_tokens(self) -> Any: ...

    def encode(self, text: str, *, add_special_tokens: bool, split_special_tokens: bool) -> Any: ...

    def apply_chat_template(self, conversation: Any, *, tokenize: bool, add_generation_prompt: bool) -> Any: ...


SAMPLE = "So it is."
# Some models think before they answer, and say so when they don't.
BEGIN_THOUGHT, END_THOUGHT = "<think>", "</think>"
THOUGHTS = re.compile(rf"^\s*{BEGIN_THOUGHT}.*?(?:{END_THOUGHT}\s*|\Z)", re.DOTALL)
UNFIT = Sentence("The base model's chat template does not say where an answer begins.", "template_unfit")


@dataclass(frozen=True)
class Piece:
    """A part of the text, either what the model is given or what it learns to write."""

    text: str
    learned: bool
    plain: bool = False
    """Control tokens in it are what somebody wrote: text like any other."""


def spoken(text: str) -> str:
    """Of what a model wrote, what it says: nothing as long as it thinks."""
    return THOUGHTS.sub("", text).strip()


def token_ids(piece: Piece, tokenizer: ChatTokenizer) -> list[int]:
    """A piece by itself, as the model will meet it."""
    return list(tokenizer.encode(piece.text, add_special_tokens=False, split_special_tokens=piece.plain))


def out_of_reach(max_length: int) -> Sentence:
    """Why nothing can be learnt from a conversation that is cut before its first answer."""
    text = f"The question alone is longer than {max_length} tokens, so the answer is never reached."
    return Sentence(text, "answer_out_of_reach", {"tokens": max_length})


def alike_within(max_length: int) -> Sentence:
    """Why nothing can be learnt from two answers of which only the same beginning is read."""
    text = f"The two answers are the same in the first {max_length} tokens, behind which they are cut."
    return Sentence(text, "alike_within_length", {"tokens": max_length})


class ChatText:
    """Writes conversations with one chat template."""

    def __init__(self, tokenizer: ChatTokenizer) -> None:
        self._tokenizer = tokenizer
        self._control = control_tokens(tokenizer)
        sample = self._answer([Message("user", SAMPLE)], Message("assistant", SAMPLE))[1]
        self.end = sample.rpartition(SAMPLE)[2].rstrip() or str(tokenizer.eos_token)
        """What stands behind an answer: the model has to learn it, or it would never stop."""
        self.begin = sample.partition(SAMPLE)[0]
        """What stands before an answer, as an empty thought: the model writes it itself."""
        self.empty_thought = self.begin if END_THOUGHT in self.begin else ""
        """Of that the thought: a model that is given it answers at once. Empty where the template knows none."""
        self._adds_end = not sample.rstrip().endswith(self.end)

    @functools.cached_property
    def stop_ids(self) -> list[int]:
        """Tokens that end an answer."""
        first = self._tokenizer.encode(self.end, add_special_tokens=False, split_special_tokens=False)[0]
        return sorted({first, self._tokenizer.eos_token_id or first})

    @functools.cached_property
    def empty_thought_ids(self) -> list[int]:
        """The empty thought as tokens."""
        return token_ids(Piece(self.empty_thought, learned=False), self._tokenizer)

    def lessons(self, messages: Sequence[Message]) -> list[list[Piece]]:
        """The conversation in pieces. Raises NotAConversation if the template does not take it.

        One lesson, unless the template writes an answer in other words once it is not the last: then a lesson for each
        answer, as the model will see it.
        """
        whole = self._write(messages)
        pieces: list[Piece] = []
        written = 0
        alone: list[list[Piece]] = []
        for place, message in enumerate(messages):
            if message.role != "assistant":
                continue
            asked, answer = self._answer(messages[:place], message)
            kept = answer.rstrip() + (self.end if self._adds_end else "")
            if message.learned:
                alone.append([Piece(asked, learned=False), Piece(kept, learned=True)])
            if written >= 0 and whole.startswith(asked + answer):
                pieces += [Piece(whole[written : len(asked)], learned=False), Piece(kept, message.learned)]
                written = len(asked) + len(answer.rstrip())
            else:
                written = -1
        return [self._revealed(lesson) for lesson in ([pieces] if written >= 0 else alone)]

    def prompt(self, messages: Sequence[Message]) -> list[Piece]:
        """What the model is given to write the last message."""
        return self._revealed([Piece(self._answer(messages[:-1], messages[-1])[0], learned=False)])

    def question(self, messages: Sequence[Message]) -> list[Piece]:
        """What the model is given to write the next message. Raises NotAConversation."""
        return self._revealed([Piece(self._write(messages, ask=True), learned=False)])

    def _revealed(self, pieces: Sequence[Piece]) -> list[Piece]:
        """The pieces, cut where control tokens were hidden from the template."""
        return [
            Piece(text, piece.learned, plain) for piece in pieces for text, plain in self._control.reveal(piece.text)
        ]

    def _answer(self, before: Sequence[Message], message: Message) -> tuple[str, str]:
        """What the model is given, and what it is to write then."""
        asked = self._write(before, ask=True)
        said = self._write([*before, message])
        if not said.startswith(asked):
            raise NotAConversation(UNFIT)
        return asked, said[len(asked) :]

    def _write(self, messages: Sequence[Message], *, ask: bool = False) -> str:
        said = [{"role": message.role, "content": self._control.hide(message.content)} for message in messages]
        try:
            return str(self._tokenizer.apply_chat_template(said, tokenize=False, add_generation_prompt=ask))
        except TemplateError as error:
            text = f"The base model's chat template does not take it: {error}."
            raise NotAConversation(Sentence(text, "template_refuses", {"cause": str(error)[:200]})) from error


def control_tokens(tokenizer: ChatTokenizer) -> ControlTokens:
    """Every token of it that steers and says nothing."""
    added = tokenizer.added_tokens_decoder.values()
    return ControlTokens([*tokenizer.all_special_tokens, *(token.content for token in added if token.special)])
