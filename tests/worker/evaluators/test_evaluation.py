"""The whole evaluation, its files and the model card."""

import json
import re
import time
from pathlib import Path

import duckdb
import numpy as np
import pytest
import yaml

from tuneyard.base_models.catalogue import CATALOGUE
from tuneyard.specs.evaluation import Evaluation
from tuneyard.specs.manifest import BaseModelLineage, ModelManifest
from tuneyard_worker.evaluators import baselines
from tuneyard_worker.evaluators.card_parts import lineage
from tuneyard_worker.evaluators.model_card import model_card
from tuneyard_worker.evaluators.report import write_evaluation
from tuneyard_worker.evaluators.text_classification import HeldOut, evaluate

LABELS = ["cold", "hot"]
TRAIN = (["snow and ice", "icy snow", "winter snow", "sun and heat", "summer sun"], ["cold"] * 3 + ["hot"] * 2)


def held_out(**changes) -> HeldOut:
    values = {
        "rows": [3, 9, 12, 20],
        "texts": ["much snow", "the sun", 'a "quoted" text,\nwith = signs', "snow"],
        "truth": ["cold", "hot", "wet", "hot"],
        "scores": np.array([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3], [0.6, 0.4]], dtype=np.float32),
    }
    return HeldOut(**{**values, **changes})


def evaluated(found: HeldOut, **changes) -> Evaluation:
    train_texts, train_labels = TRAIN
    values = {"train_texts": train_texts, "train_labels": train_labels, "labels": LABELS, "seed": 1}
    return evaluate(held_out=found, **{**values, "previous": None, "previous_name": None, **changes})


def test_evaluation_of_a_few_rows():
    found = evaluated(held_out())
    assert (found.rows, found.correct, found.accuracy.value) == (4, 2, 0.5)
    assert found.labels == ["cold", "hot", "wet"]
    assert found.confusion == [[1, 0, 0], [1, 1, 0], [1, 0, 0]]
    assert [each.support for each in found.per_class] == [1, 2, 1]
    assert [(each.kind, each.accuracy.value) for each in found.baselines] == [
        ("majority", 0.25),
        ("tfidf_logistic_regression", 0.5),
    ]
    assert found.baselines[0].name == "always answering 'cold'"
    assert found.baselines[0].difference.value == pytest.approx(0.25)


def test_same_seed_same_evaluation():
    assert evaluated(held_out()) == evaluated(held_out())


def test_previous_version_is_scored_on_the_same_rows(make_artifact):
    texts = ["refund please", "my invoice", "hello", "refund twice"]
    truth = ["refund", "billing", "other", "other"]
    scores = np.eye(3, dtype=np.float32)[[2, 0, 1, 1]]
    found = evaluate(
        held_out=HeldOut(rows=[1, 2, 3, 4], texts=texts, truth=truth, scores=scores),
        train_texts=texts,
        train_labels=truth,
        labels=["billing", "other", "refund"],
        previous=make_artifact(),
        previous_name="version 2",
        seed=1,
    )
    assert found.baselines[2].name == "version 2"
    assert found.baselines[2].accuracy.value == 0.75
    assert found.baselines[2].difference.value == 0.25
    assert found.baselines[2].possibly_seen == 4, "none of these texts was held out from it"


def test_previous_version_deleted_meanwhile_is_left_out(tmp_path):
    found = evaluated(held_out(), previous=tmp_path / "gone", previous_name="version 2")
    assert [each.kind for each in found.baselines] == ["majority", "tfidf_logistic_regression"]


def test_no_held_out_row_is_refused():
    empty = held_out(rows=[], texts=[], truth=[], scores=np.empty((0, 2), dtype=np.float32))
    with pytest.raises(ValueError, match="no held-out row"):
        evaluated(empty)


def test_texts_without_words_leave_the_word_count_model_out():
    found = evaluated(held_out(), train_texts=["!!!", "???", "...", "!?", "?!"])
    assert [each.kind for each in found.baselines] == ["majority"]


def test_chinese_texts_are_compared_by_characters():
    texts = ["房间很大很好", "服务很差很慢", "房间干净很好", "态度差又很慢"] * 5
    answers = baselines.word_counts(texts, ["good", "bad", "good", "bad"] * 5, ["很好", "很慢"], seed=1)
    assert answers.predicted == ["good", "bad"]
    assert not baselines.without_spaces(["An English text with 一 sign"])


def test_files_can_be_read_back(tmp_path):
    found = evaluated(held_out())
    write_evaluation(tmp_path / "evaluation", found, held_out(), LABELS)

    document = (tmp_path / "evaluation" / "evaluation.json").read_text(encoding="utf-8")
    assert "zh-CN" in json.loads(document)["verdict"]
    assert Evaluation.model_validate_json(document) == found
    rows = duckdb.sql(f"SELECT * FROM '{tmp_path}/evaluation/predictions.parquet'").fetchall()
    assert [row[:4] for row in rows] == [
        (3, "much snow", "cold", "cold"),
        (9, "the sun", "hot", "hot"),
        (12, 'a "quoted" text,\nwith = signs', "wet", "cold"),
        (20, "snow", "hot", "cold"),
    ]
    assert rows[0][4:] == (0.9, [0.9, 0.1])
    assert {path.name for path in (tmp_path / "evaluation").iterdir()} == {"evaluation.json", "predictions.parquet"}


def test_model_card(make_artifact):
    artifact = make_artifact()
    manifest = ModelManifest.model_validate_json((artifact / "manifest.json").read_bytes())
    hostile = manifest.model_copy(update={"dataset": manifest.dataset.model_copy(update={"name": 'a: "b" | <c>\n# d'})})
    evaluation = Evaluation.model_validate_json((artifact / "evaluation" / "evaluation.json").read_bytes())

    _, front, body = model_card(hostile, evaluation).split("---\n", 2)

    matter = yaml.safe_load(front)
    assert matter["license"] == "apache-2.0"
    assert "base_model" not in matter, "it has no name on the hub"
    assert matter["model-index"][0]["results"][0]["metrics"][0]["value"] == pytest.approx(
        evaluation.accuracy.value, abs=1e-4
    )
    assert evaluation.verdict.en.split(";")[0] in body
    assert "<c>" not in body
    assert "| a simple word-count model |" in body
    assert (artifact / "README.md").is_file()
    assert "In a download of one format the files lie at its root" in body


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=CATALOGUE)
def test_the_hub_knows_the_licence_and_the_base_model_of_a_card(entry):
    base = BaseModelLineage(
        id=entry.id, name=entry.name, sha256="0" * 64, licence=entry.licence, source=str(entry.source)
    )
    matter = yaml.safe_load("\n".join(lineage(base)))
    # Of the list at https://huggingface.co/docs/hub/repositories-licenses.
    assert matter["license"] in ("apache-2.0", "mit", "llama3.2", "gemma")
    assert matter.get("base_model") == getattr(entry.source, "repository", None)


def test_the_chinese_card_says_the_same(make_artifact):
    artifact = make_artifact()
    card = (artifact / "README.zh-CN.md").read_text()
    words = re.sub(r"```.*?```|`[^`]*`", "", card, flags=re.DOTALL)
    assert re.findall(r"(?:[a-z]+ ){3,}[a-z]+", words) == []
    english = (artifact / "README.md").read_text().split("---\n", 2)[2]
    assert re.findall(r"\d+\.\d{3}", card) == re.findall(r"\d+\.\d{3}", english)
    assert re.findall(r"```.*?```", card, re.DOTALL) == re.findall(r"```.*?```", english, re.DOTALL)


def test_evaluation_of_banking77_is_quick():
    data = Path(__file__).parents[4] / "shared" / "data" / "banking77"
    if not data.is_dir():
        pytest.skip("the banking77 data set is not beside the project")
    read = "SELECT text, label FROM read_csv('{}/{}.csv', all_varchar = true)"
    train = duckdb.sql(read.format(data, "train")).fetchall()
    test = duckdb.sql(read.format(data, "test")).fetchall()
    labels = sorted({label for _, label in train})
    scores = np.random.default_rng(1).dirichlet(np.ones(len(labels)), len(test)).astype(np.float32)
    found = HeldOut(list(range(len(test))), [text for text, _ in test], [label for _, label in test], scores)
    started = time.process_time()
    evaluation = evaluated(
        found, train_texts=[text for text, _ in train], train_labels=[label for _, label in train], labels=labels
    )
    assert time.process_time() - started < 12, "three times what it takes, for a busy machine"
    assert 0.86 < evaluation.baselines[1].accuracy.value < 0.92
