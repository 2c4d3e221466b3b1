"""What is said before an answer without anybody asking for it: a system prompt, a thought, an empty thought."""

from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tokenizers import Tokenizer

from coroutines import run
from tiny_llama import FORGETFUL, write_tiny_llama
from tuneyard.specs.decoding import Decoding
from tuneyard.specs.text_generation import TextGenerationHyperparameters
from tuneyard_worker.batches.answering import written
from tuneyard_worker.batches.kept_answers import Written
from tuneyard_worker.data.chat_text import ChatText
from tuneyard_worker.data.messages import Message
from tuneyard_worker.data.plain_tokenizer import PlainTokenizer
from tuneyard_worker.serving.engines.writing import Order, Token
from tuneyard_worker.serving.writing.schemas import Said, WriteRequest
from tuneyard_worker.serving.writing.sources import always_told
from tuneyard_worker.serving.writing.writer import Words, Writer


@dataclass
class Engine:
    """Writes these tokens, whatever it is asked."""

    ids: list[int] = field(default_factory=list)
    room: int = 500
    vocabulary: int = 300
    waiting: int = 0

    async def write(self, order: Order) -> AsyncGenerator[Token]:
        for number in self.ids[: order.most]:
            yield Token(number)

    async def load(self, adapter: Path) -> Any: ...

    async def forget(self, adapter: Any) -> None: ...

    async def close(self) -> None: ...


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Words:
    folder = write_tiny_llama(tmp_path_factory.mktemp("tiny"), FORGETFUL)
    plain = PlainTokenizer(folder)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    return Words(tokenizer, plain, ChatText(plain), templates=ThreadPoolExecutor(1))


def taught_with(system_prompt: str) -> str:
    """What a version is always told that was taught with this system prompt."""
    manifest: Any = SimpleNamespace(hyperparameters=TextGenerationHyperparameters(system_prompt=system_prompt))
    return always_told(manifest)


def read(words: Words, *said: Said, system_prompt: str = "", decoding: Decoding | None = None) -> str:
    """What the model reads when these messages are sent to it."""
    writer = Writer(Engine(), None, words, taught_with(system_prompt), decoding or Decoding())
    order = run(writer.order(WriteRequest(messages=list(said))))
    return str(words.tokenizer.decode(order.ids, skip_special_tokens=False))


HI = Said(role="user", content="Hi")
ASKED = "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"


def test_a_system_prompt_is_said_if_the_caller_has_none(words: Words) -> None:
    told = "<|im_start|>system\nBe {brief}.<|im_end|>\n"
    assert read(words, HI, system_prompt="Be {brief}.") == told + ASKED
    own = Said(role="developer", content="Be {brief}.")
    assert read(words, own, HI, system_prompt="You are a pirate.") == told + ASKED


@pytest.mark.parametrize("system_prompt", ["You work for {{shop}}.", "{{ shop }}", "Of {{shop}} and {{town}}"])
def test_one_that_changed_with_the_row_is_not(words: Words, system_prompt: str) -> None:
    assert read(words, HI, system_prompt=system_prompt) == ASKED


def test_a_model_that_was_examined_without_thoughts_is_given_an_empty_one(words: Words) -> None:
    assert read(words, HI, decoding=Decoding(thinks=False)) == ASKED + "<think></think>"
    assert read(words, HI) == ASKED


def test_in_a_batch_a_thought_that_is_cut_is_no_answer(words: Words) -> None:
    thinking = Engine(words.plain.encode("<think>Okay, so somebody"))
    writer = Writer(thinking, None, words, "")
    found = run(written(writer, [Message("user", "Hi")], 12))
    assert found == Written("", "length", "The answer was cut after 12 tokens.")
