"""A model answers prompts, several at a time, always with the token it holds for the likeliest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from tuneyard.specs.decoding import Decoding
from tuneyard.specs.job import TextGenerationSpec
from tuneyard_worker.data.chat_text import spoken
from tuneyard_worker.trainers.compute import Compute
from tuneyard_worker.trainers.generation.causal_models import CausalModel
from tuneyard_worker.trainers.generation.lesson import Lesson
from tuneyard_worker.trainers.generation.unspoken import mostly_at_once

PLAIN = Decoding()


@dataclass(frozen=True)
class Answering:
    """How answers are written, and how they end."""

    stop_ids: list[int]
    pad_token_id: int
    longest: int
    """Tokens of an answer."""
    decoding: Decoding = PLAIN
    """With a temperature of 0."""
    thought: tuple[int, ...] = ()
    """Tokens behind every prompt: a thought that is empty, where none of the models may think."""
    seconds: float | None = None
    """After them all answers at once end where they are."""


@dataclass(frozen=True)
class Answer:
    """What was written to a prompt."""

    text: str
    ends: bool
    """Whether the model ended it; else it would have gone on."""


@dataclass(frozen=True)
class Asked:
    """Prompts that are to be answered, and for how long."""

    prompts: Sequence[Sequence[int]]
    """Token ids."""
    how: Answering
    left: Callable[[], float]
    """Seconds."""
    add: Callable[[list[Answer]], None]
    """Hears the answers in their order, and now and then that there are none yet."""
    may_cut: bool
    """Whether the first of them may end before they are finished."""


def answering(spec: TextGenerationSpec, lesson: Lesson) -> Answering:
    """No answer has to be longer than the longest that was learnt.

    Where what was learnt has no thoughts, the untuned model may have none either: it would be cut while it thinks.
    """
    learnt = lesson.examples(lesson.splits.train)
    longest = max(example.weight for example in learnt)
    thought = tuple(lesson.chat.empty_thought_ids)
    at_once = mostly_at_once(learnt, thought)
    return Answering(
        lesson.chat.stop_ids,
        lesson.pad_token_id,
        max(1, min(spec.hyperparameters.answer_length, longest + 1)),
        Decoding(thinks=not at_once),
        thought if at_once else (),
    )


@dataclass(frozen=True)
class Answers:
    """What was written."""

    given: list[Answer]
    tokens: int
    """Of the longest."""
    cut: bool
    """Whether the time ended one of them."""


@torch.no_grad()
def answer(base: CausalModel, prompts: Sequence[Sequence[int]], how: Answering, compute: Compute) -> Answers:
    """The answers to a few prompts, which are token ids."""
    from transformers import GenerationConfig, LogitsProcessorList

    # Of a conversation that is too long the beginning is forgotten.
    room = max(1, base.longest - how.longest - len(how.thought))
    ids = [[*prompt[-room:], *how.thought] for prompt in prompts]
    width = max(map(len, ids))
    # Padded on the left: what is written next stands right of the prompt.
    given = torch.tensor([[how.pad_token_id] * (width - len(each)) + each for each in ids], device=compute.device)
    mask = torch.tensor([[0] * (width - len(each)) + [1] * len(each) for each in ids], device=compute.device)
    settings = GenerationConfig(  # type: ignore[no-untyped-call]
        do_sample=False,
        max_new_tokens=how.longest,
        max_time=how.seconds,
        eos_token_id=how.stop_ids,
        pad_token_id=how.pad_token_id,
    )
    with compute.precision():
        written = base.model.generate(  # type: ignore[operator]
            input_ids=given,
            attention_mask=mask,
            generation_config=settings,
            logits_processor=LogitsProcessorList([Leaning(how, width)]),
        )
    rows = [row[width:].tolist() for row in written]
    tokens = len(rows[0])
    cut = tokens < how.longest and not all(set(how.stop_ids).intersection(row) for row in rows)
    return Answers([_answer(base, row, how.stop_ids) for row in rows], tokens, cut)


@dataclass(frozen=True)
class Leaning:
    """A logits processor of `transformers`, for what its own settings lack."""

    how: Answering
    width: int
    """Tokens of the prompt, whose repetition is free."""

    def __call__(self, ids: torch.Tensor, logits: torch.Tensor) -> torch.Tensor:
        """Logits (rows, vocabulary) of what follows ids (rows, tokens)."""
        written = ids[:, self.width :]
        penalty = torch.full_like(written, -self.how.decoding.frequency_penalty, dtype=logits.dtype)
        found = logits.scatter_add(1, written, penalty)
        found[:, self.how.stop_ids] += self.how.decoding.stop_bias
        return found


def _answer(base: CausalModel, ids: list[int], stop_ids: list[int]) -> Answer:
    end = next((place for place, token in enumerate(ids) if token in stop_ids), len(ids))
    text = base.tokenizer.decode(ids[:end], skip_special_tokens=True)
    return Answer(spoken(str(text)), ends=end < len(ids))
