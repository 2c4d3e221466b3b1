"""Other ways to answer, for comparison: the most common class, a word-count model, the version before."""

import re
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb
import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from tuneyard.specs.manifest import ModelManifest
from tuneyard_worker.evaluators.findings import shown
from tuneyard_worker.serving.engines.onnx_classifier import OnnxClassifier

# Enough for a strong baseline; more rows would make the evaluation slow and the baseline hardly better.
MOST_ROWS = 50_000
MOST_FEATURES = 50_000
SAMPLE = 1000
# Chinese, Japanese, Korean, Thai, Lao, Khmer and Burmese: written without spaces, or with words that carry endings.
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# One-letter words too: in a classifier "I" and "5" may tell a lot.
WORDS = re.compile(r"\w+")


@dataclass(frozen=True)
class Answers:
    """What one baseline answered, a label for each held-out text."""

    kind: Literal["majority", "tfidf_logistic_regression", "previous_version"]
    name: str
    predicted: list[str]
    possibly_seen: int = 0


def majority(train_labels: list[str], texts: list[str]) -> Answers:
    """Always the most common class of the training rows."""
    counts = Counter(train_labels)
    label = min(counts, key=lambda value: (-counts[value], value))
    return Answers("majority", f"always answering '{shown(label)}'", [label] * len(texts))


def word_counts(train_texts: list[str], train_labels: list[str], texts: list[str], seed: int) -> Answers | None:
    """TF-IDF of words and pairs of words with logistic regression; None where it can't be fitted."""
    if len(train_texts) > MOST_ROWS:
        kept = np.random.default_rng(seed).choice(len(train_texts), MOST_ROWS, replace=False)
        train_texts, train_labels = [train_texts[row] for row in kept], [train_labels[row] for row in kept]
    if len(set(train_labels)) < 2:
        return None
    words = vectorizer(train_texts)
    try:
        features = words.fit_transform(train_texts)
    except ValueError:  # no word in any text, as in a column of punctuation
        return None
    # SAGA alone is quick with many classes: 0.6 s for 10,000 rows of 77 classes, where L-BFGS takes 4 s.
    model = LogisticRegression(C=10, solver="saga", max_iter=20, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(features, train_labels)
    predicted = [str(label) for label in model.predict(words.transform(texts))]
    return Answers("tfidf_logistic_regression", "a simple word-count model", predicted)


def previous_version(artifact: Path, name: str, texts: list[str], threads: int) -> Answers | None:
    """The version that this one replaces; None if it has been deleted meanwhile."""
    path = artifact / "manifest.json"
    if not path.is_file():
        return None
    manifest = ModelManifest.model_validate_json(path.read_bytes())
    classifier = OnnxClassifier.load(artifact, manifest.engine, manifest.labels, threads)
    best = classifier.scores(texts).argmax(axis=1)
    unseen = held_out_texts(artifact / "evaluation" / "predictions.parquet")
    possibly_seen = sum(text not in unseen for text in texts)
    return Answers("previous_version", name, [manifest.labels[index] for index in best], possibly_seen)


def held_out_texts(predictions: Path) -> set[str]:
    """The texts that a version certainly was not trained on."""
    with duckdb.connect(config={"threads": 1}) as database:
        rows = database.execute("SELECT text FROM read_parquet($1)", [str(predictions)]).fetchall()
    return {text for (text,) in rows}


def without_spaces(texts: list[str]) -> bool:
    """Whether the texts are mostly of a script in which words can't be told apart by spaces."""
    sample = "".join("".join(text.split()) for text in texts[:SAMPLE])
    return len(UNSPACED.findall(sample)) > 0.3 * len(sample)


def vectorizer(train_texts: list[str]) -> TfidfVectorizer:
    """Weights of the words and pairs of words of a text, or of its characters where words can't be told apart."""
    shared = {"sublinear_tf": True, "max_features": MOST_FEATURES, "dtype": np.float32}
    if without_spaces(train_texts):
        return TfidfVectorizer(analyzer="char", ngram_range=(1, 3), **shared)
    return TfidfVectorizer(ngram_range=(1, 2), tokenizer=WORDS.findall, token_pattern=None, **shared)
