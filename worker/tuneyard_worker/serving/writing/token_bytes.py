"""The bytes that a token stands for, also where they are only a part of a character."""

import functools
import re

from tokenizers import Tokenizer
from tokenizers.pre_tokenizers import ByteLevel

BROKEN = "\N{REPLACEMENT CHARACTER}"
# So Llama 2 and Gemma call the tokens of single bytes.
BYTE = re.compile(r"<0x([0-9A-F]{2})>")


def bytes_of(tokenizer: Tokenizer, token: int) -> bytes:
    """Those of a text's tokens, one after the other, are the text in UTF-8."""
    text = str(tokenizer.decode([token], skip_special_tokens=False))
    if BROKEN not in text:
        return text.encode()
    name = tokenizer.id_to_token(token) or ""
    if byte := BYTE.fullmatch(name):
        return bytes([int(byte[1], 16)])
    letters = _letters()
    return bytes(letters[letter] for letter in name) if letters.keys() >= set(name) else text.encode()


@functools.cache
def _letters() -> dict[str, int]:
    """As GPT-2 writes bytes: printable ones as themselves, the others in their order as the letters from U+0100 on."""
    letters = sorted(ByteLevel.alphabet())
    shown = {letter: ord(letter) for letter in letters if ord(letter) < 256}
    hidden = [byte for byte in range(256) if chr(byte) not in shown]
    return shown | dict(zip(letters[len(shown) :], hidden, strict=True))
