"""A tokenizer.json as llama.cpp reads it: pieces with their kinds, merges or scores, the name of the pre-tokenizer."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gguf

from tuneyard_worker.exporters.gguf_shapes import NotConvertible

SPACE = "▁"
# Of a piece that no merge makes: lower than all of those.
UNMERGED = -1e6
DIGITS = r"\p{N}"
WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|<digits>| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
CASED_WORDS = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
    r"\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
PATTERNS = {
    WORDS.replace("<digits>", r"\p{N}{1,3}"): "llama-bpe",
    WORDS.replace("<digits>", r"\p{N}"): "qwen2",
    CASED_WORDS: "gpt-4o",
}
"""How text is split before pieces are merged, and what llama.cpp calls it."""


def tell_tokens(writer: gguf.GGUFWriter, folder: Path, size: int, stop_ids: Sequence[int]) -> None:
    """Write the tokenizer of `folder`, with `size` pieces as the model has. Raises NotConvertible."""
    tokenizer = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    model = tokenizer["model"]
    if model.get("type") != "BPE":
        raise NotConvertible(f"its tokenizer is of the kind '{model.get('type')}'")
    if max(model["vocab"].values(), default=0) >= size:
        raise NotConvertible("its tokenizer has more pieces than the model")
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in model["merges"]]
    if _parts(tokenizer.get("pre_tokenizer"), "ByteLevel"):
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre(pre_tokenizer(tokenizer))
    elif model.get("byte_fallback"):
        writer.add_tokenizer_model("llama")
        writer.add_tokenizer_pre("default")
        writer.add_token_scores(_scores(model, merges, tokenizer, size))
        writer.add_add_space_prefix(_adds_space(tokenizer))
        merges = []
    else:
        raise NotConvertible("its tokenizer knows neither bytes nor characters it can fall back to")
    pieces = _pieces(tokenizer, size)
    writer.add_token_list([text for text, _ in pieces])
    writer.add_token_types([kind for _, kind in pieces])
    if merges:
        writer.add_token_merges(merges)
    special = gguf.SpecialVocab(folder, n_vocab=size)
    special.chat_template = (folder / "chat_template.jinja").read_text(encoding="utf-8")
    special.add_to_gguf(writer, quiet=True)
    ends = [token for token in stop_ids if token != special.special_token_ids.get("eos")]
    if ends:
        writer.add_eot_token_id(ends[0])


def pre_tokenizer(tokenizer: dict[str, Any]) -> str:
    """What llama.cpp calls the way in which a byte-level tokenizer splits text. Raises NotConvertible."""
    found = tokenizer["pre_tokenizer"]
    splits = [part["pattern"].get("Regex") for part in _parts(found, "Split")]
    if not splits:
        return "smollm" if _parts(found, "Digits") else "gpt-2"
    if len(splits) == 1 and splits[0] in PATTERNS:
        return PATTERNS[splits[0]]
    raise NotConvertible("its tokenizer splits text in a way that llama.cpp has no name for")


def _parts(step: dict[str, Any] | None, kind: str) -> list[dict[str, Any]]:
    """The steps of this type among normalizers or pre-tokenizers."""
    return [each for each in _steps(step) if each["type"] == kind]


def _steps(step: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
    if step is None:
        return
    if step["type"] != "Sequence":
        yield step
        return
    for inner in step.get("pretokenizers", step.get("normalizers", [])):
        yield from _steps(inner)


def _pieces(tokenizer: dict[str, Any], size: int) -> list[tuple[str, int]]:
    """Every piece in the order of its number, with its kind; numbers that nobody uses have a placeholder."""
    kinds = gguf.TokenType
    pieces = [(f"[PAD{number}]", int(kinds.UNUSED)) for number in range(size)]
    model = tokenizer["model"]
    for text, number in model["vocab"].items():
        is_byte = bool(model.get("byte_fallback")) and len(text) == 6 and text.startswith("<0x")
        pieces[number] = (text, int(kinds.BYTE if is_byte else kinds.NORMAL))
    for added in _added(tokenizer, size):
        kind, text = kinds.CONTROL if added["special"] else kinds.USER_DEFINED, added["content"]
        if text == model.get("unk_token"):
            kind = kinds.UNKNOWN
        elif kind is kinds.USER_DEFINED and model.get("byte_fallback"):
            # llama.cpp looks for it in a text as people write it, and writes it as it stands here.
            text = text.replace(SPACE, " ")
        pieces[added["id"]] = (text, int(kind))
    return pieces


def _added(tokenizer: dict[str, Any], size: int) -> list[dict[str, Any]]:
    """The tokens that were not learnt; the text part of Gemma 3 has no number for the one that stands for a picture."""
    found: list[dict[str, Any]] = tokenizer["added_tokens"]
    return [added for added in found if added["id"] < size]


def _scores(model: dict[str, Any], merges: Sequence[str], tokenizer: dict[str, Any], size: int) -> list[float]:
    """Higher for what is merged earlier: so the same pieces come out as by the list of merges."""
    scores = [UNMERGED] * size
    for rank, merge in enumerate(merges):
        number = model["vocab"].get(merge.replace(" ", ""))
        if number is not None and scores[number] == UNMERGED:
            scores[number] = -float(rank)
    for added in _added(tokenizer, size):
        scores[added["id"]] = 0.0
    return scores


def _adds_space(tokenizer: dict[str, Any]) -> bool:
    """Whether a text begins as if a space stood before it."""
    by_normalizer = any(part.get("prepend") == SPACE for part in _parts(tokenizer.get("normalizer"), "Prepend"))
    spaces = _parts(tokenizer.get("pre_tokenizer"), "Metaspace")
    return by_normalizer or any(part.get("prepend_scheme", "always") != "never" for part in spaces)
