"""Answers by the engine that serves models on a processor: so the exam hears what a deployment would say."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tuneyard_worker.data.chat_text import spoken
from tuneyard_worker.serving.engines.adapters import read_adapter
from tuneyard_worker.serving.engines.grammar import Grammars
from tuneyard_worker.serving.engines.onnx_decoder import Facts, OnnxDecoder
from tuneyard_worker.serving.engines.onnx_writer import OnnxWriter
from tuneyard_worker.serving.engines.writing import Order, Wishes
from tuneyard_worker.trainers.generation.answering import Answer, Asked

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

SECONDS_BETWEEN_LOOKS = 0.25
# Nobody waits for a single one of them: twice as many as are served side by side are a fifth more tokens a second.
AT_ONCE = 16


@dataclass(frozen=True)
class EnginePen:
    """Implements Pen: when one answer is finished, the next one begins beside the others."""

    graph: Path
    adapter: Path | None
    tokenizer: "PreTrainedTokenizerFast"
    threads: int

    def answer(self, asked: Asked) -> int:
        how = asked.how
        if not asked.prompts:
            return how.longest
        facts = Facts.read(self.graph)
        longest = min(how.longest, facts.positions - 1 - len(how.thought))
        # Of a conversation that is too long the beginning is forgotten.
        room = facts.positions - longest - len(how.thought)
        ids = [[*prompt[-room:], *how.thought] for prompt in asked.prompts]
        decoder = OnnxDecoder(self.graph, self.threads, AT_ONCE, max(map(len, ids)) + longest)
        adapter = read_adapter(self.adapter, facts.linears) if self.adapter else None
        wishes = Wishes.of(how.decoding, how.stop_ids)
        texts = [Text(Order(each, longest, frozenset(how.stop_ids), wishes, adapter), []) for each in ids]
        writing = Writing(texts, asked.left, lambda done: asked.add([self._answer(text) for text in done]))
        told = asyncio.run(writing.run(decoder))
        if told or not asked.may_cut:
            return how.longest
        cut, tokens = begun(texts)
        asked.add([self._answer(Text(text.order, text.written[:tokens])) for text in cut])
        return tokens

    def _answer(self, text: "Text") -> Answer:
        ends = bool(text.written) and text.written[-1] in text.order.stop_ids
        ids = text.written[:-1] if ends else text.written
        return Answer(spoken(str(self.tokenizer.decode(ids, skip_special_tokens=True))), ends)


@dataclass(frozen=True)
class Text:
    """An answer, as far as it is written."""

    order: Order
    written: list[int]


@dataclass
class Writing:
    """All answers, side by side."""

    texts: list[Text]
    left: Callable[[], float]
    tell: Callable[[list[Text]], None]
    told: int = 0
    """Finished ones, and all before them."""

    async def run(self, decoder: OnnxDecoder) -> int:
        """Until all are written, or the time is over and the first one has begun; how many were told of."""
        with ThreadPoolExecutor(1, "compute") as computer:
            engine = OnnxWriter(decoder, _no_grammars, computer, most_waiting=len(self.texts))
            tasks = [asyncio.create_task(_write(engine, text)) for text in self.texts]
            try:
                while self.told < len(tasks) and (self.left() > 0 or not self.texts[0].written):
                    await asyncio.wait(tasks[self.told :], timeout=self._pause(), return_when=asyncio.FIRST_EXCEPTION)
                    self._tell(tasks)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await engine.close()
        return self.told

    def _pause(self) -> float:
        return max(0.01, min(SECONDS_BETWEEN_LOOKS, self.left()))

    def _tell(self, tasks: list["asyncio.Task[None]"]) -> None:
        before = self.told
        while self.told < len(tasks) and tasks[self.told].done():
            tasks[self.told].result()
            self.told += 1
        for task in tasks[self.told :]:
            if task.done():
                task.result()
        # Also of none: whoever wants an end need not wait for the next answer.
        self.tell(self.texts[before : self.told])


async def _write(engine: OnnxWriter, text: Text) -> None:
    async for token in engine.write(text.order):
        text.written.append(token.id)


def begun(texts: Sequence[Text]) -> tuple[list[Text], int]:
    """The first ones that were begun, and how many tokens the shortest of those that are not finished has."""
    count = next((place for place, text in enumerate(texts) if not text.written), len(texts))
    open_ones = [len(text.written) for text in texts[:count] if not finished(text)]
    return list(texts[:count]), min(open_ones)


def finished(text: Text) -> bool:
    """Whether nothing comes after what is written."""
    return text.written[-1] in text.order.stop_ids or len(text.written) == text.order.most


def _no_grammars() -> Grammars:
    raise NotImplementedError("Nothing in an exam has to keep a schema.")
