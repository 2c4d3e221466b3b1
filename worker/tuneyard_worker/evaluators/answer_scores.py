"""How close an answer comes to the expected one, as numbers a row."""

import json
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]

# A word, or a character of a script that is written without spaces between words.
WORDS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]|[^\\W_]+")


def chrf(answers: Sequence[str], expected: Sequence[str]) -> Scores:
    """chrF of each answer, 0 to 100 (Popović 2015)."""
    # It brings a Redis client and a telemetry library along, which classifiers have no use for.
    from sacrebleu.metrics.chrf import CHRF

    metric = CHRF()
    return np.array([metric.sentence_score(a, [e]).score for a, e in zip(answers, expected, strict=True)])


def rouge_l(answers: Sequence[str], expected: Sequence[str]) -> Scores:
    """ROUGE-L F1 of each answer, 0 to 100 (Lin 2004), of words in lower case."""
    return np.array([100 * _overlap(_words(a), _words(e)) for a, e in zip(answers, expected, strict=True)])


def exact(answers: Sequence[str], expected: Sequence[str]) -> Scores:
    """1 where the answer is the expected one but for spaces, else 0."""
    return np.array([float(a.split() == e.split()) for a, e in zip(answers, expected, strict=True)])


def valid_json(texts: Sequence[str]) -> Scores:
    """1 where the text is a JSON object or list, else 0."""
    return np.array([float(_is_json(each)) for each in texts])


def longest_common(one: Sequence[str], other: Sequence[str]) -> int:
    """Length of the longest common subsequence, by the bits of one number (Hyyrö 2004)."""
    places: dict[str, int] = {}
    for place, word in enumerate(one):
        places[word] = places.get(word, 0) | 1 << place
    everything = (1 << len(one)) - 1
    open_places = everything
    for word in other:
        met = open_places & places.get(word, 0)
        open_places = (open_places + met | open_places - met) & everything
    return len(one) - open_places.bit_count()


def _overlap(one: list[str], other: list[str]) -> float:
    return 2 * longest_common(one, other) / max(1, len(one) + len(other))


def _words(text: str) -> list[str]:
    return WORDS.findall(text.casefold())


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict | list)
    except (ValueError, RecursionError):
        return False
