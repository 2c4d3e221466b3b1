"""A batch of a classifier: the label of every row, and how sure the model is of it."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from tuneyard.specs.job import BatchPredictSpec, JobPhase
from tuneyard.specs.manifest import ModelManifest
from tuneyard_worker.batches.input_table import InputTable, Row
from tuneyard_worker.batches.result_csv import CsvResult
from tuneyard_worker.batches.result_xlsx import XlsxResult
from tuneyard_worker.batches.results import NOTE, PREDICTION, open_result
from tuneyard_worker.batches.row_progress import RowProgress
from tuneyard_worker.batches.text_columns import find_columns, free_name, join_texts
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.serving.engines.onnx_classifier import OnnxClassifier

CONFIDENCE = "confidence"
EMPTY_TEXT = "The text is empty."
CHUNK_ROWS = 1024


@dataclass(frozen=True)
class Answer:
    """The cells added to a row; only the note where there is no text."""

    label: str | None
    confidence: float | None
    note: str | None


def classify(
    spec: BatchPredictSpec, job: JobDirectory, manifest: ModelManifest, table: InputTable, wanted: list[str]
) -> None:
    """Write the result. Raises JobFailure."""
    texts = find_columns(wanted, table.columns)
    classifier = OnnxClassifier.load(spec.model, manifest.engine, manifest.labels, spec.budget.threads)
    job.phase(JobPhase.EVALUATING)
    with contextlib.closing(open_result(job.artifact, table)) as result:
        write_result(result, table, texts, classifier, job)


def write_result(
    result: CsvResult | XlsxResult, table: InputTable, texts: list[int], classifier: OnnxClassifier, job: JobDirectory
) -> None:
    """Every row of the table in its place, with what the model says about it."""
    # Only where some row has something to be said about it.
    notes = [NOTE] if table.has_unreadable_rows or table.has_blank(texts) else []
    result.write([*table.columns, *(free_name(name, table.columns) for name in [PREDICTION, CONFIDENCE, *notes])])
    progress, done = RowProgress(job, table.rows), 0
    for rows in table.chunks(CHUNK_ROWS):
        for row, answer in zip(rows, answers(rows, texts, classifier), strict=True):
            result.write([*row.cells, answer.label, answer.confidence, *([answer.note] if notes else [])])
        done += len(rows)
        progress.reached(done)


def answers(rows: list[Row], texts: list[int], classifier: OnnxClassifier) -> Iterator[Answer]:
    """What the model says about each row, in their order."""
    joined = [join_texts([row.cells[column] for column in texts]) for row in rows]
    scores = iter(classifier.scores([text for text in joined if text]))
    for row, text in zip(rows, joined, strict=True):
        if not text:
            yield Answer(None, None, row.problem or EMPTY_TEXT)
            continue
        found = next(scores)
        best = int(found.argmax())
        yield Answer(classifier.labels[best], round(float(found[best]), 4), None)
