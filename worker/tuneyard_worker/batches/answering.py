"""Rows are answered side by side: while a text is written, others join and leave."""

import asyncio
from asyncio import FIRST_EXCEPTION
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tuneyard_worker.batches.input_table import Row
from tuneyard_worker.batches.kept_answers import KeptAnswers, Written
from tuneyard_worker.batches.questions import Questions
from tuneyard_worker.batches.row_progress import RowProgress
from tuneyard_worker.data.chat_text import spoken
from tuneyard_worker.data.messages import Message, NotAConversation
from tuneyard_worker.serving.errors import TooLong, Unwritable
from tuneyard_worker.serving.writing.room import ROWS
from tuneyard_worker.serving.writing.schemas import Said, Usage, WriteRequest
from tuneyard_worker.serving.writing.writer import Writer

# Beside those that are written, so that one is ready when another is finished.
READY = 2
SECONDS_BETWEEN_LOOKS = 0.25
SILENCE = "The model wrote nothing."


@dataclass(frozen=True)
class Answering:
    """One model at the rows of one file."""

    writer: Writer
    questions: Questions
    longest: int
    """Tokens of an answer."""
    answers: KeptAnswers
    progress: RowProgress

    async def answer(self, rows: Iterable[Row]) -> None:
        """Every row that has no answer yet. Raises Stopped, JobFailure."""
        # One question after the other is made into tokens: a tokenizer is for one thread at a time.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1, "questions"))
        open_rows = self._open(rows)
        tasks = {asyncio.create_task(self._one_by_one(open_rows)) for _ in range(ROWS + READY)}
        try:
            left = tasks
            while left:
                # An answer may take longer than until the next checkpoint, or until somebody asks to end.
                done, left = await asyncio.wait(left, timeout=SECONDS_BETWEEN_LOOKS, return_when=FIRST_EXCEPTION)
                for task in done:
                    task.result()
                self.answers.reached()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.writer.engine.close()

    def _open(self, rows: Iterable[Row]) -> Iterator[tuple[int, Row]]:
        return ((number, row) for number, row in enumerate(rows) if number not in self.answers)

    async def _one_by_one(self, rows: Iterator[tuple[int, Row]]) -> None:
        for number, row in rows:
            self.answers.add(number, await self._written(row))
            self.progress.reached(self.answers.done)

    async def _written(self, row: Row) -> Written:
        """An answer; what is wrong with a row is said there, and is not the trouble of the others."""
        if row.problem:
            return Written(None, None, row.problem)
        try:
            asked = self.questions.of(row.cells)
        except NotAConversation as problem:
            return Written(None, None, problem.reason.text)
        try:
            return await written(self.writer, asked, self.longest)
        except (TooLong, Unwritable) as error:
            return Written(None, None, str(error))


async def written(writer: Writer, asked: list[Message], longest: int) -> Written:
    """What the model holds for the likeliest, of at most so many tokens. Raises TooLong, Unwritable."""
    messages = [Said(role=message.role, content=message.content) for message in asked]
    parts, finish, tokens = [], None, 0
    async for part in writer.parts(WriteRequest(messages=messages, most=longest, temperature=0)):
        if isinstance(part, Usage):
            tokens = part.completion_tokens
        else:
            parts.append(part.text)
            finish = part.finish_reason or finish
    text = spoken("".join(parts))
    note = f"The answer was cut after {tokens:,} tokens." if finish == "length" else None
    return Written(text, finish, note or (None if text else SILENCE))
