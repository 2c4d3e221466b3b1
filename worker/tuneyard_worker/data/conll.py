"""CoNLL files: one word a line with its tag, sentences apart by an empty line; one row a sentence."""

import json
import re
from collections import Counter
from dataclasses import dataclass, field

from tuneyard_worker.data.facts import LINES_NAMED, Facts, counted, listed
from tuneyard_worker.data.lines import TextLines
from tuneyard_worker.data.staging import Batch, Stage

SAMPLE_LINES = 1_000
LONGEST_LINE_CHARS = 1_000
TAG = re.compile(r"O|[BIESLUM][-_]\S+")
NO_TAG = "O"


@dataclass
class _Sentence:
    line: int = 0
    tokens: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)


def looks_like_conll(lines: list[str]) -> bool:
    """Whether nearly every line is a word with a tag, and empty lines stand between sentences."""
    if any(len(line) > LONGEST_LINE_CHARS for line in lines[:SAMPLE_LINES]):
        return False
    body = [line.rstrip("\r\n") for line in lines[:SAMPLE_LINES]]
    words = [line.split() for line in body if line.strip() and not line.startswith(("# ", "-DOCSTART-"))]
    blanks = sum(not line.strip() for line in body)
    if len(words) < 4 or blanks == 0:
        return False
    tagged = [parts for parts in words if len(parts) >= 2 and TAG.fullmatch(parts[-1])]
    return len(tagged) >= 0.9 * len(words) and any(parts[-1] == NO_TAG for parts in tagged)


def read_conll(lines: TextLines, stage: Stage) -> Facts:
    """Read words and tags into `stage`: the columns `tokens` and `tags`, each a JSON list."""
    facts = Facts("conll", ["tokens", "tags"], encoding=lines.decoding.name, header=False)
    sentence, untagged, first = _Sentence(), [], 1
    types: Counter[str] = Counter()
    type_lines: dict[str, int] = {}
    batch = Batch()
    for block in lines.blocks():
        for number, line in enumerate(block, first):
            parts = line.split()
            if not parts:
                sentence = _close(sentence, batch)
            elif not line.startswith(("# ", "-DOCSTART-")):
                tag = parts[-1] if len(parts) > 1 else ""
                if not tag:
                    untagged.append(number)
                sentence.line = sentence.line or number
                sentence.tokens.append(parts[0])
                sentence.tags.append(tag or NO_TAG)
                if tag not in {"", NO_TAG}:
                    types[tag[2:]] += 1
                    type_lines.setdefault(tag[2:], number)
        batch.flush(stage)
        first += len(block)
    _close(sentence, batch)
    batch.flush(stage)
    _report(untagged, types, type_lines, facts)
    facts.tell_bytes(lines.damaged, lines.nul_lines)
    return facts


def _close(sentence: _Sentence, batch: Batch) -> _Sentence:
    if not sentence.tokens:
        return sentence
    cells = [json.dumps(words, ensure_ascii=False) for words in (sentence.tokens, sentence.tags)]
    batch.add(cells, sentence.line)
    return _Sentence()


def _report(untagged: list[int], types: Counter[str], type_lines: dict[str, int], facts: Facts) -> None:
    if untagged:
        facts.warn(
            "missing_tag",
            f"{counted(len(untagged), 'word')} without a tag on {listed(untagged, 'line')}; read as O (no entity).",
            "Add the tags, or leave it if O is right.",
            column="tags",
            count=len(untagged),
            details={"lines": untagged[:LINES_NAMED]},
        )
    once = [name for name, count in types.items() if count == 1]
    if once and len(types) > len(once):
        named = ", ".join(f"'{name}' (line {type_lines[name]:,})" for name in once[:10])
        facts.warn(
            "rare_tags",
            f"{counted(len(once), 'entity type')} {'occurs' if len(once) == 1 else 'occur'} only once: {named}.",
            "Perhaps it is misspelt.",
            column="tags",
            count=len(once),
            details={"types": [f"{name} ({type_lines[name]})" for name in once[:10]]},
        )
