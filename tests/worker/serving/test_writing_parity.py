"""The parity gate of models that write: what counts as the same answer."""

from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer

from coroutines import run
from tiny_llama import write_tiny_llama
from tuneyard_worker.data.chat_text import ChatText
from tuneyard_worker.data.plain_tokenizer import PlainTokenizer
from tuneyard_worker.serving.engines.writing import Likelihood, Order, Token
from tuneyard_worker.serving.writing.parity import Answered, compare, failure
from tuneyard_worker.serving.writing.writer import Words, Writer

FAR = -20.0


@dataclass
class Says:
    """An engine that writes one answer, whatever it is asked, token by token; all else is far off."""

    ids: list[int]
    prompt: int = 0
    room: int = 500
    waiting: int = 0

    async def write(self, order: Order) -> AsyncGenerator[Token]:
        place = len(order.ids) - self.prompt
        likeliest = (Likelihood(self.ids[place], 0.0), Likelihood(2, FAR))
        yield Token(self.ids[place], 0.0, likeliest)

    async def load(self, adapter: Path) -> Any: ...

    async def forget(self, adapter: Any) -> None: ...

    async def close(self) -> None: ...


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Words:
    folder = write_tiny_llama(tmp_path_factory.mktemp("tiny"))
    plain = PlainTokenizer(folder)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    return Words(tokenizer, plain, ChatText(plain), templates=ThreadPoolExecutor(1))


def refusal(words: Words, kept: str, written: str) -> str | None:
    """Of an exam that kept one answer, where the deployed model writes another."""
    answered = [Answered("Hi?", kept)]
    prompt = len(words.plain.encode("Hi?" + words.chat.begin))
    writer = Writer(Says(words.plain.encode(written), prompt), None, words, "")
    return failure(run(compare(writer, answered)), answered)


def test_the_same_answer_passes(words: Words) -> None:
    assert refusal(words, "Yes", "Yes") is None


def test_a_blank_before_it_makes_no_difference(words: Words) -> None:
    """Answers are kept without it, and where they are short there is little else to compare."""
    assert refusal(words, "Y", " Y") is None
    assert refusal(words, "Y", "\n\nY") is None


def test_another_answer_does_not(words: Words) -> None:
    assert "would write 1 differently" in (refusal(words, "Y", "N") or "")
    assert refusal(words, "Y", "\n\n\n\n\n\nY")
    assert refusal(words, "Yes, they are", " No, it is not")
