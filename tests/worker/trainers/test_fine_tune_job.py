"""Fine-tuning through its front door: a job directory in, an artifact or an error out."""

import json
from pathlib import Path

import duckdb
import pytest
from fine_tune_jobs import events, tickets
from safetensors.torch import load_file, save_file

from tuneyard.specs.manifest import ModelManifest
from tuneyard_worker.job_directory import file_entry
from tuneyard_worker.runner import run
from tuneyard_worker.serving.engines.onnx_classifier import OnnxClassifier


def manifest_of(job: Path) -> ModelManifest:
    return ModelManifest.model_validate_json((job / "artifact" / "manifest.json").read_bytes())


def error_of(job: Path) -> dict:
    return json.loads((job / "error.json").read_text())


def logged(job: Path) -> str:
    return "\n".join(event["message"] for event in events(job, "log"))


def test_a_job_ends_with_a_complete_artifact(make_job):
    job = make_job(tickets(150))
    assert run(job) == 0
    manifest = manifest_of(job)
    assert manifest.labels == ["billing", "other", "refund"]
    assert manifest.metrics["accuracy"] > 0.9
    assert (manifest.splits.train, manifest.splits.validation, manifest.splits.test) == (108, 12, 30)
    assert manifest.chosen.tuning == "head"
    assert manifest.chosen.reasons[0].code == "head_chosen"
    assert manifest.device_saying is not None
    assert manifest.device_saying.details["precision"] in manifest.device
    for entry in manifest.files:
        assert file_entry(job / "artifact" / entry.path, job / "artifact") == entry
    written = {
        path.relative_to(job / "artifact").as_posix() for path in (job / "artifact").rglob("*") if path.is_file()
    }
    assert written == {entry.path for entry in manifest.files} | {"manifest.json"}
    assert {"README.md", "README.zh-CN.md", "evaluation/evaluation.json", "evaluation/predictions.parquet"} < written


def test_the_artifact_answers(make_job):
    job = make_job(tickets(150))
    run(job)
    manifest = manifest_of(job)
    engine = OnnxClassifier.load(job / "artifact", manifest.serving, manifest.labels, threads=1)
    scores = engine.scores(["my invoice was charged to the card", "hello office thanks"])
    assert [manifest.labels[best] for best in scores.argmax(1)] == ["billing", "other"]


def test_progress_is_told_in_order(make_job):
    job = make_job(tickets(90))
    run(job)
    phases = [event["phase"] for event in events(job, "status")]
    fractions = [event["fraction"] for event in events(job, "progress")]
    assert phases == ["preparing", "training", "evaluating", "packaging"]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert any("train_loss" in event["values"] for event in events(job, "metrics"))


def test_the_same_seed_gives_the_same_weights(make_job):
    jobs = [make_job(tickets(90), name=name, seed=seed) for name, seed in (("a", 1), ("b", 1), ("c", 2))]
    assert [run(job) for job in jobs] == [0, 0, 0]
    first, second, third = (
        {entry.path: entry.sha256 for entry in manifest_of(job).files}["model/model.safetensors"] for job in jobs
    )
    assert first == second
    assert first != third


def test_frozen_encoders_are_shared(make_job):
    jobs = [make_job(tickets(90), name=str(epochs), head_epochs=epochs) for epochs in (20, 30)]
    assert [run(job) for job in jobs] == [0, 0]
    first, second = (manifest_of(job).serving for job in jobs)
    assert first.encoder_sha256 == second.encoder_sha256
    assert first.head_sha256 != second.head_sha256


def test_teaching_the_encoder_is_never_worse_on_validation(make_job):
    rows = tickets(150)
    head, tuned = make_job(rows, name="head"), make_job(rows, name="auto", tuning="auto", epochs=2)
    assert [run(head), run(tuned)] == [0, 0]
    assert manifest_of(tuned).chosen.validation_accuracy >= manifest_of(head).chosen.validation_accuracy


@pytest.mark.parametrize(("tuning", "learning_rate"), [("full", 5e-3), ("lora", 1e-3)])
def test_a_taught_encoder_is_exported(make_job, tuning, learning_rate):
    # A head that may hardly learn leaves the encoder something to add.
    weak = {"head_epochs": 1, "head_learning_rate": 1e-5}
    job = make_job(tickets(240), tuning=tuning, epochs=8, learning_rate=learning_rate, **weak)
    assert run(job) == 0
    manifest = manifest_of(job)
    assert manifest.chosen.tuning == tuning
    assert [because.code for because in manifest.chosen.reasons] == ["encoder_better"]
    assert manifest.metrics["accuracy"] > 0.8
    assert any("validation_accuracy" in event["values"] for event in events(job, "metrics"))


def test_labels_stay_as_the_sheet_says(make_job):
    names = {"billing": "001", "refund": "NA", "other": "true "}
    job = make_job([row | {"label": names[row["label"]]} for row in tickets(90)])
    assert run(job) == 0
    assert manifest_of(job).labels == ["001", "NA", "true "]


def test_several_texts_are_joined_by_a_blank_line(make_job):
    rows = [{"subject": f"number {n}", "body": row["text"], "kind": row["label"]} for n, row in enumerate(tickets(90))]
    job = make_job(rows, columns={"text": ["subject", "body"], "label": "kind"})
    assert run(job) == 0
    predictions = job / "artifact" / "evaluation" / "predictions.parquet"
    row, text = duckdb.sql(f"SELECT row, text FROM '{predictions}' LIMIT 1").fetchall()[0]
    assert text == f"number {row - 1}\n\n{rows[row - 1]['body']}"


def test_a_split_column_is_honoured(make_job):
    rows = [row | {"part": "test" if n < 20 else "train"} for n, row in enumerate(tickets(120))]
    job = make_job(rows, columns={"text": "text", "label": "label", "split": "part"})
    assert run(job) == 0
    predictions = job / "artifact" / "evaluation" / "predictions.parquet"
    held_out = duckdb.sql(f"SELECT row FROM '{predictions}' ORDER BY row").fetchall()
    assert [row for (row,) in held_out] == list(range(1, 21))


def test_rows_without_text_or_label_are_left_out_and_counted(make_job):
    rows = [
        *tickets(90),
        {"text": " ", "label": "other"},
        {"text": "hello", "label": None},
        {"text": None, "label": "x"},
    ]
    job = make_job(rows)
    assert run(job) == 0
    assert "2 rows left out: no text." in logged(job)
    assert "1 row left out: no label." in logged(job)
    assert sum(manifest_of(job).splits.model_dump(include={"train", "validation", "test"}).values()) == 90


def test_a_class_of_one_row_is_learnt_with_a_warning(make_job):
    job = make_job([*tickets(90), {"text": "please please", "label": "rare"}])
    assert run(job) == 0
    assert "rare" in manifest_of(job).labels
    assert "'rare'" in logged(job)


def test_a_held_out_label_nobody_taught_counts_as_wrong(make_job):
    rows = [row | {"part": "train"} for row in tickets(90)]
    rows += [
        {"text": "hello", "label": "new", "part": "test"},
        {"text": "hello office", "label": "other", "part": "test"},
    ]
    job = make_job(rows, columns={"text": "text", "label": "label", "split": "part"})
    assert run(job) == 0
    assert manifest_of(job).metrics["accuracy"] == 0.5
    assert "1 held-out row has a label that no other row has" in logged(job)


def test_cut_texts_are_counted(make_job):
    job = make_job(tickets(90), max_length=8)
    assert run(job) == 0
    assert "are cut after 8 tokens" in logged(job)


@pytest.mark.parametrize(
    ("rows", "columns", "code"),
    [
        (tickets(90), {"text": "text", "label": "topic"}, "missing_column"),
        ([row | {"label": "same"} for row in tickets(90)], None, "single_class_label"),
        ([row | {"text": ""} for row in tickets(90)], None, "empty_text_column"),
        (tickets(9), None, "too_few_rows"),
        ([row | {"label": f"id {n}"} for n, row in enumerate(tickets(90))], None, "no_repeated_label"),
        ([row | {"text": row["label"]} for row in tickets(90)], None, "too_few_texts"),
        (
            [row | {"part": "?"} for row in tickets(90)],
            {"text": "text", "label": "label", "split": "part"},
            "split_value_unknown",
        ),
    ],
)
def test_what_cannot_be_learnt_is_refused_with_a_cure(make_job, rows, columns, code):
    job = make_job(rows, columns=columns)
    assert run(job) == 1
    error = error_of(job)
    assert error["code"] == code
    assert error["users"]
    assert error["message"]
    assert error["hint"]
    assert not (job / "artifact" / "manifest.json").exists()


def test_one_class_in_the_rows_to_learn_from_is_refused(make_job):
    rows = [row | {"part": "train" if row["label"] == "other" else "test"} for row in tickets(90)]
    job = make_job(rows, columns={"text": "text", "label": "label", "split": "part"})
    assert run(job) == 1
    assert error_of(job)["code"] == "single_class_label"


@pytest.mark.parametrize("tuning", ["head", "full"])
def test_weights_that_are_not_numbers_end_the_job(make_job, tiny_bert, tmp_path, tuning):
    broken = tmp_path / "broken"
    broken.mkdir()
    for path in tiny_bert.iterdir():
        (broken / path.name).write_bytes(path.read_bytes())
    weights = load_file(broken / "model.safetensors")
    weights["encoder.layer.0.output.dense.bias"][0] = float("nan")
    save_file(weights, broken / "model.safetensors", metadata={"format": "pt"})
    job = make_job(tickets(90), base=broken, tuning=tuning)
    assert run(job) == 1
    assert error_of(job)["code"] == "training_diverged"
