"""The parity gate of models that write: the deployed one goes on with the answers of the exam as the examined one did.

Weights are served in 8 bits, so two tokens that were about equally likely may change places; a model without its
adapter, or with another's, goes on in its own way.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tuneyard_worker.serving.engines.writing import Order, Wishes
from tuneyard_worker.serving.errors import BrokenArtifact
from tuneyard_worker.serving.schemas import Parity
from tuneyard_worker.serving.writing.writer import Writer

MOST_ANSWERS = 8
# Where in an answer the next token is compared.
PLACES = (0, 3, 8)
CLOSE = 0.7
"""Nats by which the token of the exam may be less likely than the likeliest."""
SHARE = 0.6
"""Of the places, those that have to agree."""
MOST_BLANKS = 4
"""Tokens of the blank that an answer may have begun with: it is not among what was kept."""
BROKEN = "\N{REPLACEMENT CHARACTER}"
"""Stands where the model wrote no whole character; its tokens are not known."""


@dataclass(frozen=True)
class Answered:
    """A question of the exam as the model was given it, and what it wrote."""

    prompt: str
    answer: str


def read_answers(path: Path) -> list[Answered]:
    """The shortest questions, which are soonest read. Raises BrokenArtifact."""
    # Imported here: only a new version needs it, and it takes 30 MB.
    import duckdb

    query = "SELECT prompt, answer FROM read_parquet($path) WHERE answer <> '' ORDER BY length(prompt), row LIMIT $most"
    try:
        with duckdb.connect(config={"threads": 1}) as database:
            rows: list[tuple[Any, ...]] = database.execute(query, {"path": str(path), "most": MOST_ANSWERS}).fetchall()
    except duckdb.Error as error:
        raise BrokenArtifact(f"The evaluation's answers can't be read: {error}.") from error
    return [Answered(prompt, answer) for prompt, answer in rows]


async def compare(writer: Writer, answers: list[Answered]) -> Parity:
    """How many of the tokens that the examined model wrote the deployed one would write too."""
    differences: list[float] = []
    for answered in [each for each in answers if BROKEN not in each.answer]:
        prompt = writer.words.plain.encode(answered.prompt + writer.words.chat.begin)
        answer = writer.words.plain.encode(answered.answer)
        places = [each for each in PLACES if each < len(answer) and len(prompt) + each < writer.engine.room]
        # Side by side: where others write, each has to wait for a row.
        asked = (_difference(writer, [*prompt, *answer[:place]], answer[place], begins=not place) for place in places)
        differences += await asyncio.gather(*asked)
    agreeing = sum(difference <= CLOSE for difference in differences)
    return Parity(rows=len(differences), agreeing=agreeing, largest_difference=max(differences, default=0.0))


def failure(parity: Parity, answers: list[Answered]) -> str | None:
    """Why the version may not take traffic, in words; None if it may."""
    if not answers:
        return "The model wrote nothing in its exam, so there is nothing to check it by. Train the version again."
    if parity.agreeing >= SHARE * parity.rows:
        return None
    return (
        f"Of {parity.rows} tokens that the model wrote in its exam, the deployed model would write "
        f"{parity.rows - parity.agreeing} differently, so it takes no traffic. Train the version again."
    )


async def _difference(writer: Writer, ids: list[int], expected: int, *, begins: bool) -> float:
    """By how much the expected token is less likely than the likeliest, in nats; at least so much if it is far off.

    Where an answer `begins`, blanks before it make no difference, whether they are tokens of their own or part of one.
    """
    wanted = writer.text_of(expected).strip()

    def fits(token: int) -> bool:
        return token == expected or (begins and bool(wanted) and writer.text_of(token).strip() == wanted)

    wishes = Wishes(temperature=0, logprobs=20)
    for _ in range(MOST_BLANKS):
        token = await anext(writer.engine.write(Order(ids, 1, frozenset(), wishes, writer.adapter)))
        likeliest = token.likeliest
        found = next((each.logprob for each in likeliest if fits(each.id)), likeliest[-1].logprob)
        difference = likeliest[0].logprob - found
        if difference <= CLOSE or not begins or writer.text_of(token.id).strip():
            break
        ids = [*ids, token.id]
    return difference
