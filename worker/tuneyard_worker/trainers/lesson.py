"""Everything a text classifier is taught from: rows, classes, base model, tokens."""

from dataclasses import dataclass

import torch

from tuneyard.specs.job import TextClassificationSpec
from tuneyard.specs.tasks import Role, columns_of
from tuneyard_worker.data.splits import Splits, split_rows
from tuneyard_worker.failures import JobFailure
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.trainers.base_models import BaseModel, load
from tuneyard_worker.trainers.examples import Examples, check_labels, read_examples
from tuneyard_worker.trainers.tokens import tokenise
from tuneyard_worker.trainers.training_set import TrainingSet


@dataclass(frozen=True)
class Lesson:
    """What `prepare` found."""

    examples: Examples
    splits: Splits
    labels: list[str]
    """Classes in the order of the logits."""
    base: BaseModel
    rows: TrainingSet
    max_length: int

    @property
    def held_out_characters(self) -> int:
        """Length of the texts the exam has to read."""
        return sum(len(self.examples.texts[row]) for row in self.splits.test)


def prepare(spec: TextClassificationSpec, job: JobDirectory) -> Lesson:
    """Read the rows, split them, load the base model and turn texts into tokens.

    Raises JobFailure as read_examples, split and load do.
    """
    examples = read_examples(spec, job)
    splits = split(examples, spec, job)
    labels = sorted({examples.labels[row] for row in splits.not_held_out})
    counts = splits.counts
    job.log(
        "rows_split",
        f"{len(examples):,} rows in {len(labels)} classes: {counts.train:,} to learn from, "
        f"{counts.validation:,} to choose settings, {counts.test:,} held out ({counts.how}).",
        rows=len(examples),
        classes=len(labels),
        train=counts.train,
        validation=counts.validation,
        test=counts.test,
    )
    base = load(spec.base_model)
    max_length = min(spec.hyperparameters.max_length, base.longest)
    rows = training_set(examples, splits, labels, base, max_length)
    if rows.tokens.cut:
        job.log(
            "texts_cut",
            f"Of {len(rows):,} texts, {rows.tokens.cut:,} {'is' if rows.tokens.cut == 1 else 'are'} cut after "
            f"{max_length} tokens.",
            "warning",
            cut=rows.tokens.cut,
            texts=len(rows),
            tokens=max_length,
        )
    return Lesson(examples, splits, labels, base, rows, max_length)


def split(examples: Examples, spec: TextClassificationSpec, job: JobDirectory) -> Splits:
    """Split the rows, and refuse a split that leaves nothing to learn or to examine."""
    hyper = spec.hyperparameters
    column = next(iter(columns_of(spec.columns, Role.SPLIT)), None)
    splits = split_rows(
        examples.texts,
        examples.labels,
        named=examples.named,
        column=column,
        test_fraction=hyper.test_fraction,
        validation_fraction=hyper.validation_fraction,
        seed=spec.seed,
    )
    if not splits.test:
        raise JobFailure(
            "too_few_texts",
            "There are too few different texts per class to hold any of them out.",
            "Add rows, at least two different texts for each class.",
        )
    where = " in the rows to learn from"
    check_labels([examples.labels[row] for row in splits.train], columns_of(spec.columns, Role.LABEL)[0], where)
    _tell(examples, splits, job)
    return splits


def training_set(
    examples: Examples, splits: Splits, labels: list[str], base: BaseModel, max_length: int
) -> TrainingSet:
    """The rows that are not held out, as numbers."""
    number = {label: index for index, label in enumerate(labels)}
    taught = splits.not_held_out
    place = {row: index for index, row in enumerate(taught)}
    # Without a single row to spare, settings are compared on the rows they learn from.
    validation = splits.validation or splits.train
    return TrainingSet(
        tokens=tokenise(base.tokenizer, [examples.texts[row] for row in taught], max_length, base.pad_token_id),
        targets=torch.tensor([number[examples.labels[row]] for row in taught]),
        train=torch.tensor([place[row] for row in splits.train]),
        validation=torch.tensor([place[row] for row in validation]),
        classes=len(labels),
    )


def _tell(examples: Examples, splits: Splits, job: JobDirectory) -> None:
    known = {examples.labels[row] for row in splits.not_held_out}
    unseen = sum(examples.labels[row] not in known for row in splits.test)
    if unseen:
        job.log(
            "unseen_labels",
            f"{_held_out(unseen)} a label that no other row has, which will count as wrong.",
            "warning",
            count=unseen,
        )
    if splits.shared_texts:
        job.log(
            "shared_texts",
            f"{_held_out(splits.shared_texts)} a text that is also among the rows to learn from, which makes the "
            "result look better than it is.",
            "warning",
            count=splits.shared_texts,
        )
    if not splits.validation:
        job.log("no_validation_rows", "There are too few rows to set any aside for choosing settings.", "warning")


def _held_out(count: int) -> str:
    return f"{count:,} held-out row has" if count == 1 else f"{count:,} held-out rows have"
