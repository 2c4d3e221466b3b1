"""Job directories of fine-tunings on a tiny base model."""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import duckdb
import pytest

from tuneyard.specs.hyperparameters import TextClassificationHyperparameters
from tuneyard.specs.job import BaseModelRef, Budget, DatasetRef, TextClassificationSpec
from tuneyard.specs.tasks import Role, Task

Row = dict[str, str | None]
MakeJob = Callable[..., Path]

TOPICS = {
    "billing": ["invoice", "charged", "card"],
    "refund": ["refund", "back", "money"],
    "other": ["hello", "thanks", "office"],
}
FILLERS = ["the", "my", "please"]


def tickets(count: int, seed: int = 0) -> list[Row]:
    """Rows whose label shows in their words."""
    draw = Random(seed)
    rows: list[Row] = []
    for number in range(count):
        label = list(TOPICS)[number % 3]
        words = [*draw.choices(TOPICS[label], k=3), *draw.choices(FILLERS, k=draw.randint(1, 4))]
        draw.shuffle(words)
        rows.append({"text": " ".join(words), "label": label})
    return rows


@pytest.fixture
def make_job(tmp_path: Path, tiny_bert: Path) -> MakeJob:
    return job_maker(tmp_path, tiny_bert)


def job_maker(parent: Path, tiny_bert: Path) -> MakeJob:
    """Write a job directory for these rows; further arguments are hyperparameters."""

    def make(
        rows: list[Row],
        *,
        columns: dict[str, str | list[str]] | None = None,
        base: Path = tiny_bert,
        seed: int = 5,
        name: str = "job",
        **hyper: object,
    ) -> Path:
        folder = parent / name
        folder.mkdir()
        write_parquet(folder / "data.parquet", rows)
        spec = TextClassificationSpec(
            job_id="job_1",
            task=Task.TEXT_CLASSIFICATION,
            columns={Role(role): column for role, column in (columns or {"text": "text", "label": "label"}).items()},
            dataset=DatasetRef(
                version_id="dsv_1",
                name="tickets",
                number=1,
                rows=len(rows),
                sha256="0" * 64,
                path=folder / "data.parquet",
            ),
            base_model=BaseModelRef(
                id="tiny", name="tiny", sha256="1" * 64, licence="Apache-2.0", source="local:tiny", path=base
            ),
            preset="fast",
            hyperparameters=TextClassificationHyperparameters(**({"head_epochs": 30} | hyper)),
            seed=seed,
            budget=Budget(threads=1),
        )
        (folder / "spec.json").write_text(spec.model_dump_json())
        return folder

    return make


def write_parquet(path: Path, rows: list[Row]) -> None:
    lines = path.with_suffix(".jsonl")
    lines.write_text("\n".join(json.dumps(row) for row in rows))
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in rows[0])
    with duckdb.connect() as database:
        database.execute(
            f"COPY (SELECT * FROM read_json('{lines}', format = 'newline_delimited', columns = {{{columns}}})) "
            f"TO '{path}' (FORMAT parquet)"
        )


def events(job: Path, kind: str) -> list[dict]:
    """The data of all events of one type."""
    lines = [json.loads(line) for line in (job / "events.jsonl").read_text().splitlines()]
    return [line["data"] for line in lines if line["type"] == kind]
