"""A base model's tokenizer and chat template without `transformers`, for processes that must start at once."""

import functools
import itertools
import json
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from tokenizers import AddedToken, Encoding, Tokenizer

from tuneyard.base_models import chat_writing

SPECIAL_TOKENS = ("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token")


CHAT_TEMPLATE = "chat_template.jinja"


class Write(Protocol):
    """Writes a conversation with the template of the folder. Raises TemplateError."""

    def __call__(
        self, messages: Sequence[Mapping[str, str]], *, ask: bool, special_tokens: Mapping[str, str]
    ) -> str: ...


class PlainTokenizer:
    """What ChatText and `token_ids` use of a tokenizer of `transformers`, with the same results.

    Threads may share it.
    """

    def __init__(self, folder: Path, write: Write | None = None) -> None:
        """`write` writes conversations; if not given, this process does."""
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._write = write or functools.partial(chat_writing.write, read_template(folder))
        self._alone = threading.Lock()
        self._special_tokens = _special_tokens(folder / "tokenizer_config.json")

    @property
    def eos_token(self) -> str | None:
        return self._special_tokens.get("eos_token")

    @property
    def eos_token_id(self) -> int | None:
        return self._tokenizer.token_to_id(self.eos_token) if self.eos_token else None

    @property
    def added_tokens_decoder(self) -> dict[int, AddedToken]:
        """By their ids, the tokens that are not of the vocabulary that was learnt."""
        return self._tokenizer.get_added_tokens_decoder()

    @property
    def all_special_tokens(self) -> list[str]:
        """Those that the config names."""
        return list(self._special_tokens.values())

    def apply_chat_template(
        self, conversation: Sequence[Mapping[str, str]], *, tokenize: bool = False, add_generation_prompt: bool = False
    ) -> str:
        """The conversation as text. Raises TemplateError."""
        return self._write(conversation, ask=add_generation_prompt, special_tokens=self._special_tokens)

    def encode(self, text: str, *, add_special_tokens: bool = False, split_special_tokens: bool = False) -> list[int]:
        """Token ids; with `split_special_tokens` the text of a control token is text like any other."""
        return list(self._encoded(text, plain=split_special_tokens).ids)

    def begun(self, text: str) -> list[int]:
        """Token ids of a whole text, with what every text begins with; once, where it is written there already."""
        ids = self.encode(text)
        return ids if ids[: len(self._begin)] == self._begin else [*self._begin, *ids]

    def texts(self, text: str, *, split_special_tokens: bool = False) -> list[str]:
        """For each token the characters that it stands for: together they are the text.

        Of a character that takes several tokens, the first one has it.
        """
        ends = [end for _, end in self._encoded(text, plain=split_special_tokens).offsets]
        found, begin = [], 0
        for place, end in enumerate(ends, start=1):
            upto = len(text) if place == len(ends) else max(begin, end)
            found.append(text[begin:upto])
            begin = upto
        return found

    @functools.cached_property
    def _begin(self) -> list[int]:
        with self._alone:
            [found] = self._tokenizer.encode_batch(["a"], add_special_tokens=True)
        added = itertools.takewhile(lambda pair: pair[1], zip(found.ids, found.special_tokens_mask, strict=True))
        return [number for number, _ in added]

    def _encoded(self, text: str, *, plain: bool) -> Encoding:
        with self._alone:
            self._tokenizer.encode_special_tokens = plain
            # Other threads go on meanwhile: `encode` would keep all of them waiting.
            [found] = self._tokenizer.encode_batch([text], add_special_tokens=False)
        return found


def read_template(folder: Path) -> str:
    """The chat template of a base model's folder."""
    return (folder / CHAT_TEMPLATE).read_text(encoding="utf-8")


def _special_tokens(path: Path) -> dict[str, str]:
    config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    found = {name: config.get(name) for name in SPECIAL_TOKENS}
    texts = {name: each.get("content") if isinstance(each, dict) else each for name, each in found.items()}
    return {name: text for name, text in texts.items() if isinstance(text, str)}
