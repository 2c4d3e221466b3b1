"""The evaluation as files of the artifact."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import numpy as np

from tuneyard.specs.evaluation import Evaluation
from tuneyard_worker.evaluators.text_classification import HeldOut

COLUMNS = {
    "row": "BIGINT",
    "text": "VARCHAR",
    "label": "VARCHAR",
    "predicted": "VARCHAR",
    "score": "DOUBLE",
    "scores": "DOUBLE[]",
}


def write_evaluation(directory: Path, evaluation: Evaluation, held_out: HeldOut, labels: list[str]) -> None:
    """Write evaluation.json and predictions.parquet (columns of specs.evaluation.HeldOutPrediction) to `directory`."""
    directory.mkdir(parents=True, exist_ok=True)
    document = json.dumps(evaluation.model_dump(mode="json", by_alias=True), ensure_ascii=False, indent=2)
    (directory / "evaluation.json").write_text(document, encoding="utf-8")
    write_parquet(directory / "predictions.parquet", COLUMNS, _rows(held_out, labels))


def write_parquet(target: Path, columns: dict[str, str], rows: Iterable[dict[str, object]]) -> None:
    """Through JSON lines: the duckdb package takes Python rows only one at a time, a hundred times slower."""
    lines = target.with_suffix(".jsonl")
    try:
        with lines.open("w", encoding="utf-8") as stream:
            stream.writelines(json.dumps(row) + "\n" for row in rows)
        typed = ", ".join(f"{name}: '{kind}'" for name, kind in columns.items())
        with duckdb.connect(config={"threads": 1}) as database:
            database.execute(
                f"COPY (SELECT * FROM read_json($source, format = 'newline_delimited', "
                f"maximum_object_size = 268435456, columns = {{{typed}}})) "
                "TO $target (FORMAT parquet, COMPRESSION zstd)",
                {"source": str(lines), "target": str(target)},
            )
    finally:
        lines.unlink(missing_ok=True)


def _rows(held_out: HeldOut, labels: list[str]) -> Iterator[dict[str, object]]:
    # float32 to the nearest double prints as 0.9300000071525574; seven digits are all a float32 has.
    scores = np.round(held_out.scores.astype(np.float64), 7)
    for number, predicted in enumerate(held_out.predicted(labels)):
        yield {
            "row": held_out.rows[number],
            "text": held_out.texts[number],
            "label": held_out.truth[number],
            "predicted": predicted,
            "score": float(scores[number].max()),
            "scores": scores[number].tolist(),
        }
