"""The evaluation of a model that writes as files of the artifact."""

import json
from collections.abc import Iterator
from pathlib import Path

from tuneyard.specs.generation_evaluation import GenerationEvaluation
from tuneyard_worker.evaluators import answer_scores
from tuneyard_worker.evaluators.report import write_parquet
from tuneyard_worker.evaluators.text_generation import HeldOut

COLUMNS = {
    "row": "BIGINT",
    "prompt": "VARCHAR",
    "asked": "VARCHAR",
    "expected": "VARCHAR",
    "answer": "VARCHAR",
    "base": "VARCHAR",
    "retrieved": "VARCHAR",
    "chrf": "DOUBLE",
}


def write_evaluation(
    directory: Path, evaluation: GenerationEvaluation, held_out: HeldOut, retrieved: list[str]
) -> None:
    """Write evaluation.json and answers.parquet (columns of specs.generation_evaluation.HeldOutAnswer)."""
    directory.mkdir(parents=True, exist_ok=True)
    document = json.dumps(evaluation.model_dump(mode="json", by_alias=True), ensure_ascii=False, indent=2)
    (directory / "evaluation.json").write_text(document, encoding="utf-8")
    write_parquet(directory / "answers.parquet", COLUMNS, _rows(held_out, retrieved))


def _rows(held_out: HeldOut, retrieved: list[str]) -> Iterator[dict[str, object]]:
    answers = held_out.tuned.answers
    closeness = answer_scores.chrf(answers, held_out.expected[: len(answers)])
    for place, answer in enumerate(answers):
        yield {
            "row": held_out.rows[place],
            "prompt": held_out.prompts[place],
            "asked": held_out.asked[place],
            "expected": held_out.expected[place],
            "answer": answer,
            "base": held_out.base.answers[place],
            "retrieved": retrieved[place],
            "chrf": round(float(closeness[place]), 4),
        }
