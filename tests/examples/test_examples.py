"""The sample files are what examples/README.md says they are."""

import csv
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline

EXAMPLES = Path(__file__).parents[2] / "examples"
Row = dict[str, str]


def read(name: str) -> list[Row]:
    with (EXAMPLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def canonical(label: str) -> str:
    return label.strip().lower().replace("-", " ")


def text_of(row: Row) -> str:
    return f"{row['subject']}\n\n{row['body']}"


def copied_rows(rows: list[Row]) -> int:
    return sum(above == row for above, row in pairwise(rows))


@pytest.fixture(scope="module")
def tickets() -> list[Row]:
    return [row for row in read("support-tickets.csv") if any(row.values())]


@pytest.fixture(scope="module")
def reviews() -> list[Row]:
    return read("product-reviews.csv")


@pytest.fixture(scope="module")
def readme() -> str:
    return (EXAMPLES / "README.md").read_text(encoding="utf-8")


def test_tickets_have_the_stated_columns_and_rows(tickets: list[Row], readme: str) -> None:
    assert list(tickets[0]) == ["ticket_id", "received_at", "subject", "body", "category", "priority", "language"]
    blank = len(read("support-tickets.csv")) - len(tickets)
    assert blank == 2
    assert f"{len(tickets)} tickets, plus {blank} blank rows" in readme
    assert all(f"| `{column}` |" in readme for column in tickets[0])


def test_ticket_categories_are_eight_and_counted_in_the_readme(tickets: list[Row], readme: str) -> None:
    counts = Counter(canonical(row["category"]) for row in tickets if row["category"])
    assert len(counts) == 8
    assert min(counts.values()) >= 30
    assert max(counts.values()) <= 1.8 * min(counts.values())
    assert all(f"| `{category}` | {count} |" in readme for category, count in counts.items())


def test_ticket_priorities_and_languages_are_as_stated(tickets: list[Row], readme: str) -> None:
    assert {canonical(row["priority"]) for row in tickets if row["priority"]} == {"low", "normal", "high", "urgent"}
    languages = Counter(row["language"] for row in tickets)
    assert set(languages) == {"en", "de", "es", "fr"}
    assert all(f"`{language}` ({count})" in readme for language, count in languages.items())


def test_tickets_differ_from_each_other(tickets: list[Row]) -> None:
    texts = {text_of(row) for row in tickets}
    assert len(texts) >= 0.95 * len(tickets)
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5)).fit_transform(sorted(texts))
    similarity = (vectors @ vectors.T).toarray()
    np.fill_diagonal(similarity, 0)
    assert similarity.max() < 0.8


def test_ticket_lengths_vary(tickets: list[Row], readme: str) -> None:
    lengths = [len(row["body"].split()) for row in tickets]
    assert min(lengths) <= 3
    assert max(lengths) >= 110
    assert f"{min(lengths)} to {max(lengths)} words" in readme


def test_copied_and_repeated_tickets_are_counted(tickets: list[Row], readme: str) -> None:
    copies = copied_rows(tickets)
    once = {row["ticket_id"]: row for row in tickets}.values()
    categories: dict[str, list[str]] = defaultdict(list)
    for row in once:
        categories[text_of(row)].append(canonical(row["category"]))
    repeated = [found for found in categories.values() if len(found) > 1]
    conflicting = [found for found in repeated if len(set(found)) > 1]
    assert len(once) == len(tickets) - copies
    assert f"{copies} rows are exact copies" in readme
    assert f"{len(repeated) - len(conflicting)} tickets were sent a second time" in readme
    assert f"{len(conflicting)} texts appear twice with different categories" in readme


def test_label_slips_are_counted(tickets: list[Row], readme: str) -> None:
    missing = Counter(column for row in tickets for column in ("category", "priority") if not row[column])
    variants = Counter(
        column for row in tickets for column in ("category", "priority") if row[column] != canonical(row[column])
    )
    assert f"{missing['category']} tickets have no category and {missing['priority']} have no priority" in readme
    assert f"{variants['category']} categories are spelled another way" in readme
    assert f"{variants['priority']} priorities\n  are written `High`" in readme
    assert {row["category"] for row in tickets} >= {"Billing", " billing", "SHIPPING", "feature-request"}


def test_awkward_characters_are_present(tickets: list[Row], readme: str) -> None:
    empty_subjects = sum(not row["subject"] for row in tickets)
    long_bodies = sum("\n" in row["body"] for row in tickets)
    assert f"{empty_subjects} subjects are empty, {long_bodies} bodies run over several lines" in readme
    text = "".join(map(text_of, tickets))
    assert all(sign in text for sign in ("🌱", "ü", "&lt;b&gt;", '"', ","))


def test_categories_can_be_learned_but_not_by_one_keyword(tickets: list[Row]) -> None:
    labelled = {text_of(row): canonical(row["category"]) for row in tickets if row["category"]}
    model = make_pipeline(TfidfVectorizer(sublinear_tf=True), LogisticRegression(C=20, max_iter=200))
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    accuracy = cross_val_score(model, list(labelled), list(labelled.values()), cv=folds).mean()
    assert 0.75 < accuracy < 0.92


def test_reviews_are_as_stated(reviews: list[Row], readme: str) -> None:
    assert list(reviews[0]) == ["review_id", "product", "review", "stars", "sentiment"]
    assert f"{len(reviews)} short reviews" in readme
    assert f"one of {len({row['product'] for row in reviews})} products" in readme
    assert {row["stars"] for row in reviews} == set("12345")
    counts = Counter(canonical(row["sentiment"]) for row in reviews if row["sentiment"])
    assert set(counts) == {"positive", "negative", "neutral"}
    assert f"`positive` ({counts['positive']}, one spelled `Positive`)" in readme
    assert f"`negative` ({counts['negative']}), `neutral` ({counts['neutral']})" in readme


def test_review_mess_is_counted(reviews: list[Row], readme: str) -> None:
    unlabelled = sum(not row["sentiment"] for row in reviews)
    lengths = [len(row["review"].split()) for row in reviews]
    assert len({row["review"] for row in reviews}) >= 0.95 * len(reviews)
    assert f"{copied_rows(reviews)} exact copies of the row above, and {unlabelled} reviews without" in readme
    assert f"{min(lengths)} to {max(lengths)} words" in readme
    assert sum(row["sentiment"] == "Positive" for row in reviews) == 1
