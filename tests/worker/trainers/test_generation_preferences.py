"""Learning which of two answers is wanted: the loss, and the whole of a job."""

import json
from itertools import pairwise

import pytest
import torch
from chat_jobs import run
from fine_tune_jobs import events
from torch.nn import functional

from tiny_llama import two_answers
from tuneyard.specs.generation_evaluation import GenerationEvaluation
from tuneyard.specs.manifest import ModelManifest
from tuneyard_worker.data.chat_text import ChatText
from tuneyard_worker.data.messages import Message
from tuneyard_worker.trainers import checkpoints
from tuneyard_worker.trainers.checkpoints import UNKEPT, Checkpoints
from tuneyard_worker.trainers.compute import Compute
from tuneyard_worker.trainers.generation import aims, preferences
from tuneyard_worker.trainers.generation.causal_models import load
from tuneyard_worker.trainers.generation.examples import encode
from tuneyard_worker.trainers.generation.preferences import Pair, Preferences, references

COLUMNS = {"prompt": "prompt", "completion": "chosen", "rejected": "rejected"}
PLAIN = Compute(threads=1, bf16=False)
BETA = 0.3


def evaluation_of(job):
    return GenerationEvaluation.model_validate_json((job / "artifact/evaluation/evaluation.json").read_bytes())


@pytest.fixture
def base(tiny_llama):
    return load(tiny_llama, "tiny", torch.float32)


def pair(base, question, wanted, rejected):
    def document(answer):
        said = [Message("user", question), Message("assistant", answer, learned=True)]
        [pieces] = ChatText(base.tokenizer).lessons(said)
        return encode(pieces, base.tokenizer)

    return Pair(document(wanted), document(rejected))


def log_likelihood(model, document):
    """Of the answer, token by token, without any batch."""
    ids = torch.from_numpy(document.ids).long()
    likely = model(input_ids=ids[None]).logits[0].log_softmax(-1)
    learned = [place for place in range(1, len(ids)) if document.learned[place]]
    return torch.stack([likely[place - 1, ids[place]] for place in learned]).sum()


def test_the_loss_is_that_of_the_paper_whichever_way_pairs_are_packed(base, tiny_llama):
    pairs = [
        pair(base, "What is it?", "A cup.", "How would I know what it is?"),
        pair(base, "And that?", "It is a hat, I should say.", "No."),
        pair(base, "x", "y", "z"),
    ]
    untaught = load(tiny_llama, "tiny", torch.float32).model
    before = references(untaught, pairs, 2, PLAIN, part=UNKEPT, seconds=60, clock=lambda: 0.0)
    with torch.no_grad():
        for weights in base.model.parameters():
            weights.add_(0.02 * torch.randn_like(weights))
    gains = [
        (log_likelihood(base.model, each.wanted) - log_likelihood(untaught, each.wanted))
        - (log_likelihood(base.model, each.rejected) - log_likelihood(untaught, each.rejected))
        for each in pairs
    ]
    expected = -functional.logsigmoid(BETA * torch.stack(gains)).sum().detach()
    right = sum(float(gain.detach()) > 0 for gain in gains)
    objective = Preferences(pairs, pairs, before, before, BETA, 2, 96)
    for sequences in ([[0, 1, 2]], [[2, 0], [1]], [[0], [1], [2]]):
        loss, hits = objective.losses(base.model, sequences, PLAIN)
        torch.testing.assert_close(loss, expected, rtol=1e-4, atol=1e-4)
        assert (hits, objective.weight(sequences)) == (right, 3)
    seen = objective.look(base.model, 3, PLAIN)
    assert seen.loss == pytest.approx(float(expected) / 3, rel=1e-4)
    assert seen.accuracy == pytest.approx(right / 3)


def test_it_learns_which_answers_are_wanted_and_says_so(make_chat_job):
    job = make_chat_job(
        two_answers(120), columns=COLUMNS, epochs=6, learning_rate=5e-2, test_fraction=0.2, exam_answers=8
    )
    assert run(job) == 0, (job / "error.json").read_text()
    evaluation = evaluation_of(job)
    preference = evaluation.preference
    assert preference.pairs == evaluation.scored_rows == 24
    assert preference.preferred.value > 0.9
    assert preference.likelier >= preference.base_likelier
    assert evaluation.verdict.en.startswith("Of 24 pairs of answers it never saw, teaching has moved it towards")
    assert "24 对回答" in evaluation.verdict.zh_cn
    manifest = ModelManifest.model_validate_json((job / "artifact/manifest.json").read_bytes())
    assert manifest.metrics["preferred"] == round(preference.preferred.value, 4)
    assert manifest.chosen.reasons[0].code == "best_moment_to_prefer"
    curve = [event["values"] for event in events(job, "metrics")]
    # Before its first step the model prefers neither: the loss is log 2.
    assert curve[0]["train_loss"] == pytest.approx(0.6931, abs=0.01)
    looks = [values["validation_preference_accuracy"] for values in curve if "validation_loss" in values]
    assert looks[-1] > 0.9
    assert "teaching (DPO) made the wanted one likelier" in (job / "artifact/README.md").read_text()
    assert "训练（DPO）使想要的回答" in (job / "artifact/README.zh-CN.md").read_text()


def test_what_there_is_no_time_to_weigh_is_not_learnt_from(make_chat_job, monkeypatch):
    monkeypatch.setattr(aims, "WEIGHING", 0.0)
    job = make_chat_job(two_answers(60), columns=COLUMNS, epochs=1)
    assert run(job) == 0
    told = {event["code"]: event["details"] for event in events(job, "log")}
    assert told["weighing_pairs"]["pairs"] == told["pairs_without_time"]["pairs"]
    # As many as are weighed at once: a pair has some 115 tokens.
    assert 8 <= told["pairs_without_time"]["count"] < 24
    assert max(event["epoch"] for event in events(job, "metrics")) == 1


def test_weighing_keeps_to_its_time_and_stops_when_asked(make_chat_job, monkeypatch):
    now, points = [0.0], []
    foresee, reached = preferences.foresee, Checkpoints.reached

    def slowly(model, documents, *rest):
        """Two tokens in a thousandth of a second."""
        now[0] += sum(map(len, documents)) / 500
        return foresee(model, documents, *rest)

    def noting(self, name, *arguments):
        points.append((name, now[0]))
        reached(self, name, *arguments)

    monkeypatch.setattr(Checkpoints, "seconds", lambda _: now[0])
    monkeypatch.setattr(Checkpoints, "reached", noting)
    monkeypatch.setattr(preferences, "foresee", slowly)
    job = make_chat_job(two_answers(400), columns=COLUMNS, epochs=1, time_budget_seconds=60, validation_fraction=0.3)
    assert run(job) == 0
    # A quarter of the 36 seconds for teaching, and what was begun within it.
    weighed = [at for name, at in points if name.startswith("references-")]
    assert weighed[-1] < 36 / 4 + 2 * 4.1
    assert max(after - before for before, after in pairwise([0.0, *weighed])) < 4.1


def test_pairs_that_differ_too_late_are_left_out(make_chat_job):
    rows = two_answers(30)
    rows[2] |= {"chosen": "a" * 90 + "b", "rejected": "a" * 90 + "c"}
    rows[3]["rejected"] = rows[3]["chosen"]
    rows[4]["rejected"] = " "
    job = make_chat_job(rows, columns=COLUMNS, epochs=1, tuning="full", packing=False)
    assert run(job) == 0
    told = [event["details"] for event in events(job, "log") if event["code"] == "row_left_out"]
    assert {each["row"]: each["reason"] for each in told} == {
        3: "alike_within_length",
        4: "same_answers",
        5: "no_rejected",
    }


class Killed(BaseException):
    """As abrupt as SIGKILL: nothing catches it."""


@pytest.mark.parametrize("point", [2, 6], ids=["weighing", "teaching"])
def test_killed_it_ends_with_the_same_weights(make_chat_job, monkeypatch, point):
    monkeypatch.setattr(checkpoints, "LARGEST_SHARE", 1.0)
    jobs = [make_chat_job(two_answers(60), columns=COLUMNS, name=name, epochs=1, batch_size=4) for name in "ab"]
    for job in jobs:
        spec = json.loads((job / "spec.json").read_text())
        spec["budget"]["checkpoint_seconds"] = 0
        (job / "spec.json").write_text(json.dumps(spec))
    assert run(jobs[0]) == 0
    reached, points = Checkpoints.reached, []

    def dying(self, name, *arguments):
        points.append(name)
        reached(self, name, *arguments)
        if len(points) == point:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Checkpoints, "reached", dying)
        with pytest.raises(Killed):
            run(jobs[1])
    assert points[-1] == {2: "references-train", 6: "teach"}[point]
    assert run(jobs[1]) == 0
    weights, evaluations = ("artifact/model/model.safetensors", "artifact/evaluation/evaluation.json")
    assert (jobs[0] / weights).read_bytes() == (jobs[1] / weights).read_bytes()
    assert (jobs[0] / evaluations).read_text() == (jobs[1] / evaluations).read_text()


def test_a_file_for_openai_is_learnt_from(make_chat_job):
    rows = [
        {
            "input": json.dumps({"messages": [{"role": "user", "content": row["prompt"]}], "tools": []}),
            "preferred_output": json.dumps([{"role": "assistant", "content": row["chosen"]}]),
            "non_preferred_output": json.dumps([{"role": "assistant", "content": row["rejected"]}]),
        }
        for row in two_answers(30)
    ]
    columns = {"messages": "input", "completion": "preferred_output", "rejected": "non_preferred_output"}
    job = make_chat_job(rows, columns=columns, epochs=1, tuning="dora")
    assert run(job) == 0
    assert evaluation_of(job).preference.pairs == 3
