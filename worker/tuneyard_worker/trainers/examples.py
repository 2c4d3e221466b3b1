"""The usable rows of a dataset version: a text, a label and perhaps the side of the split."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tuneyard.specs.job import TextClassificationSpec
from tuneyard.specs.tasks import SEPARATOR, ColumnMapping, Role, columns_of
from tuneyard_worker.failures import JobFailure
from tuneyard_worker.job_directory import JobDirectory

FEWEST_ROWS = 10

Cells = tuple[str | None, ...]


@dataclass(frozen=True)
class Examples:
    """Rows with a text and a label, in the order of the file."""

    rows: list[int]
    """Row numbers in the dataset version; the first is 1."""
    texts: list[str]
    labels: list[str]
    named: list[str | None] | None
    """Cells of the split column; None where there is none."""
    without_text: int = 0
    without_label: int = 0

    def __len__(self) -> int:
        return len(self.rows)


def read_examples(spec: TextClassificationSpec, job: JobDirectory) -> Examples:
    """Read the columns that `spec` maps, tell what was left out, and refuse what can't be learnt from.

    Raises JobFailure: `missing_column`, `empty_text_column`, `too_few_rows`, `single_class_label`.
    """
    examples = collect(read_columns(spec.dataset.path, spec.columns, spec.budget.threads), spec.columns)
    _tell_left_out(examples, job)
    _check(examples, spec.columns)
    _tell_singletons(examples, spec.columns, job)
    return examples


def read_columns(path: Path, columns: ColumnMapping, threads: int) -> list[Cells]:
    """All rows of the mapped columns in the order of the file: texts, label, and split if there is one."""
    names = [name for role in (Role.TEXT, Role.LABEL, Role.SPLIT) for name in columns_of(columns, role)]
    with duckdb.connect(config={"threads": threads}) as database:
        source = database.read_parquet(str(path))
        missing = [name for name in names if name not in source.columns]
        if missing:
            raise JobFailure(
                "missing_column",
                f"The dataset has no column '{missing[0]}'. It has: {', '.join(source.columns[:20])}.",
                "Choose one of its columns.",
                details={"column": missing[0], "others": source.columns[:20]},
            )
        quoted = ", ".join('"' + name.replace('"', '""') + '"' for name in names)
        return source.project(quoted).fetchall()


def collect(cells: list[Cells], columns: ColumnMapping) -> Examples:
    """Join the texts of each row by a blank line and leave out rows that lack a text or a label."""
    texts = len(columns_of(columns, Role.TEXT))
    found = Examples([], [], [], [] if columns_of(columns, Role.SPLIT) else None)
    without_text = without_label = 0
    for number, row in enumerate(cells, start=1):
        text = SEPARATOR.join(part for part in row[:texts] if part and part.strip())
        label = row[texts]
        without_text += not text
        without_label += not (label and label.strip())
        if not text or not label or not label.strip():
            continue
        found.rows.append(number)
        found.texts.append(text)
        found.labels.append(label)
        if found.named is not None:
            found.named.append(row[texts + 1])
    return Examples(found.rows, found.texts, found.labels, found.named, without_text, without_label)


def check_labels(labels: list[str], column: str, where: str = "") -> None:
    """Refuse labels that leave nothing to tell apart. Raises JobFailure `single_class_label`."""
    if len(set(labels)) == 1:
        raise JobFailure(
            "single_class_label",
            f"Column '{column}' has only one value{where}: '{labels[0][:80]}'.",
            "Choose another label column, or add rows of a second class.",
            details={"column": column, "value": labels[0][:80]},
        )


def _tell_left_out(examples: Examples, job: JobDirectory) -> None:
    if examples.without_text:
        count = examples.without_text
        job.log("rows_without_text", f"{_rows(count)} left out: no text.", "warning", count=count)
    if examples.without_label:
        count = examples.without_label
        job.log("rows_without_label", f"{_rows(count)} left out: no label.", "warning", count=count)


def _check(examples: Examples, columns: ColumnMapping) -> None:
    text, label = columns_of(columns, Role.TEXT), columns_of(columns, Role.LABEL)[0]
    if not examples and examples.without_text >= examples.without_label:
        names = " and ".join(f"'{name}'" for name in text)
        raise JobFailure(
            "empty_text_column",
            f"Column {names} has no text in any row with a label.",
            "Choose another text column.",
            details={"columns": text},
        )
    if len(examples) < FEWEST_ROWS:
        raise JobFailure(
            "too_few_rows",
            f"Only {_rows(len(examples))} with both a text and a label; at least {FEWEST_ROWS} are needed.",
            "Add rows, or choose other columns.",
            details={"rows": len(examples), "fewest": FEWEST_ROWS},
        )
    check_labels(examples.labels, label)
    if len(set(examples.labels)) == len(examples):
        raise JobFailure(
            "no_repeated_label",
            f"Column '{label}' has a different value in every row, so there is nothing to learn from.",
            "Choose the column that holds the classes.",
            details={"column": label},
        )


def _tell_singletons(examples: Examples, columns: ColumnMapping, job: JobDirectory) -> None:
    once = sorted(label for label, count in Counter(examples.labels).items() if count == 1)
    if once:
        shown = [label[:40] for label in once[:5]]
        quoted = ", ".join(f"'{label}'" for label in shown) + (" …" if len(once) > len(shown) else "")
        column = columns_of(columns, Role.LABEL)[0]
        classes = "1 class has" if len(once) == 1 else f"{len(once):,} classes have"
        job.log(
            "single_row_classes",
            f"In column '{column}' {classes} one row only ({quoted}), which is learnt from but can't be examined. "
            "Add rows.",
            "warning",
            count=len(once),
            column=column,
            classes=shown,
        )


def _rows(count: int) -> str:
    return f"{count:,} row" if count == 1 else f"{count:,} rows"
