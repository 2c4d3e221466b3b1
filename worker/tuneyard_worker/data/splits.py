"""Which rows teach, which choose between settings, and which are kept for the exam."""

import random
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tuneyard.specs.manifest import SplitCounts
from tuneyard.specs.splits import TEST, TRAIN, VALIDATION, side_of
from tuneyard_worker.data.sentences import Sentence
from tuneyard_worker.failures import JobFailure


@dataclass(frozen=True)
class Splits:
    """Positions of the rows of each side, ascending; every row is on exactly one side."""

    train: list[int]
    validation: list[int]
    test: list[int]
    counts: SplitCounts
    shared_texts: int = 0
    """Held-out rows whose text is also in the other rows; only a split column of the user's can cause any."""

    @property
    def not_held_out(self) -> list[int]:
        """Rows the final model may learn from."""
        return sorted([*self.train, *self.validation])


def split_rows(
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    named: Sequence[str | None] | None,
    column: str | None,
    test_fraction: float,
    validation_fraction: float,
    seed: int,
) -> Splits:
    """Split rows evenly from every class, with rows of the same text on one side.

    `named` holds the cells of the user's split `column`, which then decides. Raises JobFailure (`split_value_unknown`,
    `split_without_train`) if it can't be followed.
    """
    everything = list(range(len(texts)))
    if named is None or column is None:
        test = draw(everything, texts, labels, test_fraction, seed)
        rest = _without(everything, test)
        validation = draw(rest, texts, labels, validation_fraction, seed + 1)
        return _splits(_without(rest, validation), validation, test, _drawn(test_fraction, labels))
    return _by_column(texts, labels, _sides(named, column), column, test_fraction, validation_fraction, seed)


def chosen_by(splits: Splits, validation: Sequence[int]) -> Splits:
    """The same rows held out, and these, which come from elsewhere, to choose by: all others teach."""
    train = splits.not_held_out
    counts = splits.counts.model_copy(update={"train": len(train), "validation": len(validation)})
    return replace(splits, train=train, validation=list(validation), counts=counts)


def draw(rows: Sequence[int], texts: Sequence[str], labels: Sequence[str], fraction: float, seed: int) -> list[int]:
    """About `fraction` of `rows`, evenly from every class, ascending.

    Rows of the same text are drawn together. Every class keeps at least one text undrawn, so a class of one row stays.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        groups[normalised(texts[row])].append(row)
    classes: dict[str, list[list[int]]] = defaultdict(list)
    for group in groups.values():
        classes[labels[group[0]]].append(group)
    wanted = shares({label: sum(map(len, found)) for label, found in classes.items()}, fraction)
    chooser = random.Random(seed)  # noqa: S311 - it must be repeatable, not secret
    drawn: list[int] = []
    for label in sorted(classes):
        drawn.extend(_draw_class(classes[label], wanted[label], chooser))
    return sorted(drawn)


def normalised(text: str) -> str:
    """The text without differences that a person would not call one: case, spaces, forms of the same character."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def shares(sizes: dict[str, int], fraction: float) -> dict[str, int]:
    """Whole rows per class that add up to `fraction` of all, by the largest remainders."""
    exact = {label: size * fraction for label, size in sizes.items()}
    whole = {label: int(value) for label, value in exact.items()}
    left = max(1, round(sum(exact.values()))) - sum(whole.values())
    candidates = sorted(
        (label for label in sizes if sizes[label] > 1), key=lambda label: (whole[label] - exact[label], label)
    )
    for label in candidates[: max(0, left)]:
        whole[label] += 1
    return whole


def _draw_class(groups: list[list[int]], wanted: int, chooser: random.Random) -> Iterable[int]:
    """Whole groups while they fit; the last group is never taken."""
    groups = list(groups)
    chooser.shuffle(groups)
    drawn: list[int] = []
    kept = len(groups)
    for group in groups:
        if kept > 1 and len(drawn) + len(group) <= wanted:
            drawn.extend(group)
            kept -= 1
    return drawn


def _sides(named: Sequence[str | None], column: str) -> list[str]:
    known = [side_of(cell) for cell in named]
    unknown = Counter((cell or "").strip() for cell, side in zip(named, known, strict=True) if side is None)
    if unknown:
        value, count = unknown.most_common(1)[0]
        shown = f"'{value[:40]}'" if value else "nothing"
        raise JobFailure(
            "split_value_unknown",
            f"Column '{column}' should say train, validation or test in every row, "
            f"but {shown} is in {count:,} of them.",
            "Correct these rows, or train without a split column.",
            details={"column": column, "value": value[:40], "count": count},
        )
    return [side for side in known if side is not None]


def _by_column(
    texts: Sequence[str],
    labels: Sequence[str],
    sides: list[str],
    column: str,
    test_fraction: float,
    validation_fraction: float,
    seed: int,
) -> Splits:
    train, validation, test = (_at(sides, side) for side in (TRAIN, VALIDATION, TEST))
    how = Sentence(f"column '{column}'", "column", {"column": column})
    if not train:
        raise JobFailure(
            "split_without_train",
            f"Column '{column}' marks no usable row as train.",
            "Mark the rows to learn from as train, or train without a split column.",
            details={"column": column},
        )
    if not test:
        test, validation = validation, []
        how = Sentence(f"{how.text}, whose validation rows are the exam", "column_validation", how.details)
    if not test:
        test = draw(train, texts, labels, test_fraction, seed)
        train = _without(train, test)
        drawn = _drawn(test_fraction, labels)
        details = drawn.details | how.details
        how = Sentence(f"{drawn.text}: column '{column}' names none", "column_without_exam", details)
    if not validation:
        validation = draw(train, texts, labels, validation_fraction, seed + 1)
        train = _without(train, validation)
    seen = {normalised(texts[row]) for row in [*train, *validation]}
    shared = sum(normalised(texts[row]) in seen for row in test)
    return _splits(train, validation, test, how, shared)


def _drawn(fraction: float, labels: Sequence[str]) -> Sentence:
    share = f"{fraction * 100:.3g} %"
    if len(set(labels)) > 1:
        return Sentence(f"{share} of the rows, evenly from every class", "evenly", {"share": share})
    return Sentence(f"{share} of the rows", "at_random", {"share": share})


def _at(sides: list[str], side: str) -> list[int]:
    return [row for row, each in enumerate(sides) if each == side]


def _without(rows: Sequence[int], taken: Sequence[int]) -> list[int]:
    gone = set(taken)
    return [row for row in rows if row not in gone]


def _splits(train: list[int], validation: list[int], test: list[int], how: Sentence, shared: int = 0) -> Splits:
    counts = SplitCounts(
        train=len(train), validation=len(validation), test=len(test), how=how.text, how_saying=how.saying
    )
    return Splits(train, validation, test, counts, shared)
