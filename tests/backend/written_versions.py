"""A published version of a model that writes: small files, everything else as the worker leaves it."""

from pathlib import Path

import duckdb
from model_versions import PublishedVersion, manifest_of, publish_artifact, sha256
from workspaces import WorkspaceUnderTest

from tuneyard.specs.decoding import Decoding
from tuneyard.specs.generation_evaluation import GenerationEvaluation
from tuneyard.specs.manifest import Chosen, FileEntry, ModelManifest
from tuneyard.specs.tasks import Role, Task
from tuneyard.specs.text_generation import TextGenerationHyperparameters

FILES = {
    "model/config.json": b"{}",
    "model/model.safetensors": b"whole",
    "adapter/adapter_config.json": b"{}",
    "adapter/adapter_model.safetensors": b"adapter",
    "gguf/model-q8_0.gguf": b"GGUF",
    "README.md": b"# answers\n",
}


# Row, question, expected, the tuned model's answer, the untuned one's.
ANSWERS = [
    (12, "How do I log in?", "With your key.", "With your key.", "I am a model."),
    (3, "Where is my parcel?", "On its way.", "On its way!", "Parcel, parcel."),
    (7, "Is it blue?", "It is red.", "It is blue.", "It is red."),
    (1, "Hello", "Hi", "Hi", "Hi"),
    (9, "Who pays?", "We do.", "We do.", "You."),
    (20, "When?", "At noon.", "Noon.", "Never."),
]


def publish_writer(workspace: WorkspaceUnderTest, name: str = "answers") -> PublishedVersion:
    """The next version of the model `name`."""
    return publish_artifact(workspace, name, write_artifact, evaluation())


def write_artifact(folder: Path, job_id: str) -> ModelManifest:
    for path, content in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    write_answers(folder / "evaluation" / "answers.parquet")
    paths = [*FILES, "evaluation/answers.parquet"]
    files = [FileEntry(path=path, sha256=sha256(folder / path), bytes=(folder / path).stat().st_size) for path in paths]
    manifest = manifest_of(job_id, ["body"], files).model_copy(
        update={
            "task": Task.TEXT_GENERATION,
            "columns": {Role.PROMPT: "question", Role.COMPLETION: "answer"},
            "labels": [],
            "hyperparameters": TextGenerationHyperparameters(),
            "chosen": Chosen(tuning="lora", reason="After step 3.", validation_loss=1.5, epochs=1),
            "metrics": {"perplexity": 4.5, "chrf": 31.0, "held_out_rows": 6.0},
            "serving": None,
            "decoding": Decoding(frequency_penalty=0.3, stop_bias=-1),
            "stop_ids": [2, 7],
        }
    )
    (folder / "manifest.json").write_text(manifest.model_dump_json(by_alias=True), encoding="utf-8")
    return manifest


def write_answers(path: Path) -> None:
    path.parent.mkdir(parents=True)
    with duckdb.connect() as database:
        database.execute(
            "CREATE TABLE answers (row BIGINT, prompt VARCHAR, asked VARCHAR, expected VARCHAR, answer VARCHAR, "
            "base VARCHAR, retrieved VARCHAR, chrf DOUBLE)"
        )
        for row, asked, expected, tuned, base in ANSWERS:
            values = [row, f"<|user|>{asked}", asked, expected, tuned, base, "No idea.", 50.0]
            database.execute("INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
        database.execute(f"COPY answers TO '{path}' (FORMAT parquet)")


def evaluation() -> GenerationEvaluation:
    interval = {"value": 30.0, "low": 25.0, "high": 35.0}
    scores = {"chrf": interval, "rouge_l": interval, "exact_match": {"value": 0.1, "low": 0.0, "high": 0.2}}
    likelihood = {
        "loss": {"value": 1.5, "low": 1.4, "high": 1.6},
        "perplexity": {"value": 4.5, "low": 4.0, "high": 5.0},
        "token_accuracy": {"value": 0.6, "low": 0.5, "high": 0.7},
    }
    baseline = {"answers": scores, "chrf_difference": {"value": 5.0, "low": 2.0, "high": 8.0}}
    return GenerationEvaluation.model_validate(
        {
            "rows": 6,
            "scored_rows": 6,
            "answered_rows": 6,
            "likelihood": likelihood,
            "perplexity_cut": {"value": 0.5, "low": 0.4, "high": 0.6},
            "answers": scores,
            "baselines": [
                baseline | {"kind": "base", "name": "the untuned model", "likelihood": likelihood},
                baseline | {"kind": "retrieval", "name": "the answer of the most similar training row"},
            ],
            "memorisation": {"expected": 0, "answers": 1},
            "verdict": {"en": "It writes better.", "zh-CN": "写得更好。", "level": "better"},
            "seed": 0,
        }
    )
