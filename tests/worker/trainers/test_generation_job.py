"""A fine-tune of text generation through the runner: rows in, a model that writes out."""

import json
import time
from itertools import pairwise

import duckdb
import pytest
import torch
from chat_jobs import below_a_header, run
from fine_tune_jobs import events
from gguf import GGUFReader
from safetensors.torch import load_file

from tiny_llama import questions, write_tiny_llama
from tuneyard.specs.decoding import Decoding
from tuneyard.specs.generation_evaluation import GenerationEvaluation
from tuneyard.specs.job import TextGenerationSpec
from tuneyard.specs.manifest import ModelManifest
from tuneyard_worker.data.chat_text import ChatText
from tuneyard_worker.data.messages import Message
from tuneyard_worker.evaluators.generation_card import write_generation_card
from tuneyard_worker.job_directory import JobDirectory, file_entry
from tuneyard_worker.trainers.generation import tuning
from tuneyard_worker.trainers.generation.causal_models import load
from tuneyard_worker.trainers.generation.examples import encode
from tuneyard_worker.trainers.generation.lesson import prepare

PROMPT = [Message("user", "7: a red cup?"), Message("assistant", "It is red.")]


def manifest_of(job):
    return ModelManifest.model_validate_json((job / "artifact" / "manifest.json").read_bytes())


def evaluation_of(job):
    return GenerationEvaluation.model_validate_json((job / "artifact/evaluation/evaluation.json").read_bytes())


def of_metric(job, name):
    """A curve: values by step."""
    return {e["step"]: e["values"][name] for e in events(job, "metrics") if name in e["values"]}


def error_of(job):
    return json.loads((job / "error.json").read_text())


def logits(model, tokenizer):
    ids = torch.from_numpy(encode(ChatText(tokenizer).prompt(PROMPT), tokenizer).ids)[None].long()
    with torch.no_grad():
        return model(input_ids=ids).logits[0, -1]


def test_it_learns_to_answer_and_says_so(make_chat_job):
    job = make_chat_job(questions(160), epochs=12, learning_rate=5e-3, test_fraction=0.2, exam_answers=8)
    assert run(job) == 0, error_of(job)
    evaluation, manifest = evaluation_of(job), manifest_of(job)
    assert evaluation.perplexity_cut.low > 0.4
    assert evaluation.likelihood.perplexity.value < evaluation.baselines[0].likelihood.perplexity.value
    assert evaluation.rows == evaluation.scored_rows == 32
    assert evaluation.answered_rows == 8
    assert [each.kind for each in evaluation.baselines] == ["base", "retrieval"]
    assert "perplexity" in evaluation.verdict.en
    assert "form of the answers" in evaluation.verdict.en
    assert manifest.metrics["perplexity"] == round(evaluation.likelihood.perplexity.value, 4)
    assert manifest.chosen.validation_loss is not None
    assert manifest.labels == []
    assert manifest.decoding == evaluation.decoding
    assert manifest.serving is None
    paths = sorted(entry.path for entry in manifest.files)
    assert manifest.files == [file_entry(job / "artifact" / path, job / "artifact") for path in paths]
    folders = {path.split("/")[0] for path in paths}
    assert folders == {"README.md", "README.zh-CN.md", "adapter", "evaluation", "gguf", "model"}
    cards = [(job / "artifact" / name).read_text() for name in ("README.md", "README.zh-CN.md")]
    assert all("llama-cli -m gguf/model-q8_0.gguf --temp 0" in card for card in cards)
    assert all(f"{evaluation.answers.chrf.value:.1f}" in card for card in cards)
    assert evaluation.verdict.zh_cn in cards[1]
    check_cards_with_a_system_prompt(job, manifest, evaluation)
    assert [each.data.shape for each in GGUFReader(job / "artifact/gguf/model-q8_0.gguf").tensors]
    phases = [event["phase"] for event in events(job, "status") if event.get("phase")]
    assert phases == ["preparing", "training", "evaluating", "packaging"]
    fractions = [event["fraction"] for event in events(job, "progress")]
    assert all(a <= b for a, b in pairwise(fractions))
    assert fractions[-1] == 1
    told = {name: of_metric(job, name) for name in ("train_loss", "validation_loss")}
    for curve in told.values():
        assert list(curve) == sorted(curve)
        assert list(curve.values())[-1] < next(iter(curve.values()))
    samples = events(job, "samples")
    assert [samples[0]["step"], samples[-1]["step"]] == [0, max(told["validation_loss"])]
    asked = [[(each["row"], each["prompt"], each["expected"]) for each in sample["answers"]] for sample in samples]
    assert len(asked[0]) == 3
    assert all(each == asked[0] for each in asked), "the same questions each time"
    rows = questions(160)
    assert all(rows[row - 1] == {"prompt": prompt, "completion": expected} for row, prompt, expected in asked[0])
    first, last = ([each["answer"] for each in sample["answers"]] for sample in (samples[0], samples[-1]))
    assert not any(text.startswith("It is ") for text in first)
    assert all(text.startswith("It is ") for text in last)
    answers = duckdb.sql(f"SELECT * FROM '{job}/artifact/evaluation/answers.parquet'").fetchall()
    assert len(answers) == 8


def check_cards_with_a_system_prompt(job, manifest, evaluation):
    """One with blanks is no message to send as it is, and both cards say what to do with it."""
    prompts = {
        "You know cups.": "```\nllama-cli -m gguf/model-q8_0.gguf --temp 0 -sys 'You know cups.'\n```\n",
        "It's code:\n```\nx": (
            "````\nllama-cli -m gguf/model-q8_0.gguf --temp 0 -sys 'It'\"'\"'s code:\n```\nx'\n````\n"
        ),
        "You know {{ kind }}.\nBe brief on {{shop}}.": "```\nllama-cli -m gguf/model-q8_0.gguf --temp 0\n```\n",
    }
    for prompt, asked in prompts.items():
        message = "{{" not in prompt
        hyper = manifest.hyperparameters.model_copy(update={"system_prompt": prompt})
        write_generation_card(job / "artifact", manifest.model_copy(update={"hyperparameters": hyper}), evaluation)
        for name, words in (("README.md", "system prompt with blanks"), ("README.zh-CN.md", "系统提示带有空白")):
            card = (job / "artifact" / name).read_text()
            assert json.dumps(prompt) in card
            assert card.endswith(asked)
            assert ('{"role": "system"' in card, words in card) == (message, not message)
            assert [column in card for column in ("`kind`", "`shop`")] == [not message] * 2


def test_the_artifact_loads_with_plain_libraries_whole_and_as_adapters(make_chat_job, tiny_llama, monkeypatch, capsys):
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    job = make_chat_job(questions(40), learning_rate=5e-2)
    assert run(job) == 0
    whole = AutoModelForCausalLM.from_pretrained(job / "artifact/model").eval()
    tokenizer = AutoTokenizer.from_pretrained(job / "artifact/model")
    untuned = AutoModelForCausalLM.from_pretrained(tiny_llama).eval()
    assert manifest_of(job).stop_ids == ChatText(tokenizer).stop_ids
    before = logits(untuned, tokenizer)
    adapted = PeftModel.from_pretrained(untuned, job / "artifact/adapter").eval()
    torch.testing.assert_close(logits(adapted, tokenizer), logits(whole, tokenizer), rtol=1e-4, atol=1e-4)
    assert not torch.allclose(logits(whole, tokenizer), before, atol=0.05), "the adapters change nothing"
    adapter = json.loads((job / "artifact/adapter/adapter_config.json").read_text())
    assert adapter["base_model_name_or_path"] == "tiny"
    assert tokenizer.chat_template == (tiny_llama / "chat_template.jinja").read_text()
    monkeypatch.chdir(job / "artifact")
    program = (job / "artifact/README.md").read_text().split("```python\n")[1].split("```")[0]
    said = set()
    for _ in range(3):
        exec(program, {})
        said.add(capsys.readouterr().out)
    assert len(said) == 1, "as in its exam nothing is drawn"
    assert str(tiny_llama) not in "".join(path.read_text() for path in (job / "artifact").rglob("*.json"))


@pytest.fixture
def computed_twice(monkeypatch):
    """Of each step of the optimizer, whether activations were computed again on the way back."""
    found = []

    def watched(state, *rest):
        found.append(state.model.is_activation_checkpointing)
        return learn(state, *rest)

    learn = tuning.learn
    monkeypatch.setattr(tuning, "learn", watched)
    return found


def in_parts(job, batch_parts):
    """As after memory ran out, where they are more than one."""
    spec = json.loads((job / "spec.json").read_text())
    spec["budget"]["batch_parts"] = batch_parts
    (job / "spec.json").write_text(json.dumps(spec))


@pytest.mark.parametrize(
    ("hyper", "adapters"),
    [
        ({"tuning": "dora"}, True),
        ({"tuning": "rslora", "packing": False}, True),
        ({"tuning": "full", "gradient_checkpointing": True, "gradient_accumulation_steps": 2}, False),
    ],
)
def test_every_way_of_teaching(make_chat_job, tiny_llama, computed_twice, hyper, adapters):
    job = make_chat_job(questions(30), epochs=1, **hyper)
    assert run(job) == 0, error_of(job)
    assert set(computed_twice) == {hyper.get("gradient_checkpointing", False)}
    assert (job / "artifact/adapter").is_dir() == adapters
    before = load_file(tiny_llama / "model.safetensors")
    after = load_file(job / "artifact/model/model.safetensors")
    assert before.keys() == after.keys()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    linear = {name for name in before if "_proj" in name}
    assert changed == (linear if adapters else set(before))
    if adapters:
        config = json.loads((job / "artifact/adapter/adapter_config.json").read_text())
        wanted = hyper["tuning"]
        assert (config["use_dora"], config["use_rslora"]) == (wanted == "dora", wanted == "rslora")
        learnt = load_file(job / "artifact/adapter/adapter_model.safetensors")
        magnitudes = {name: each for name, each in learnt.items() if "magnitude" in name}
        untaught = {
            f"base_model.model.{name.removesuffix('weight')}lora_magnitude_vector": before[name].float().norm(dim=1)
            for name in linear
        }
        assert magnitudes.keys() == (untaught.keys() if config["use_dora"] else set())
        for name, magnitude in magnitudes.items():
            assert magnitude.shape == untaught[name].shape
            assert not torch.allclose(magnitude, untaught[name], rtol=1e-2, atol=0), "it has not learnt"


def test_parts_of_a_batch_teach_what_the_whole_teaches(make_chat_job, computed_twice, monkeypatch):
    # Rounded to eight bits, the sum of parts is another number.
    monkeypatch.setattr("tuneyard_worker.trainers.compute.has_fast_bf16", lambda: False)
    weights = []
    # The second as after memory ran out, where a batch still has smaller parts.
    for name, accumulated, batch_parts in (("whole", 1, 1), ("parts", 2, 2)):
        job = make_chat_job(questions(30), name=name, epochs=1, batch_size=4, gradient_accumulation_steps=accumulated)
        in_parts(job, batch_parts)
        assert run(job) == 0
        weights.append(load_file(job / "artifact/model/model.safetensors"))
    assert set(computed_twice) == {False}
    for name, tensor in weights[0].items():
        torch.testing.assert_close(tensor, weights[1][name], rtol=1e-3, atol=1e-4)


def test_after_it_ran_out_of_memory_in_sequences_of_one_it_computes_twice(make_chat_job, computed_twice):
    job = make_chat_job(questions(30), epochs=1)
    in_parts(job, 2)
    assert run(job) == 0
    assert set(computed_twice) == {True}


@pytest.fixture
def no_engine(monkeypatch):
    """As on a card, `transformers` answers in the exam."""
    monkeypatch.setattr("tuneyard_worker.trainers.generation.pens.Pens._graph", lambda *_: None)


@pytest.mark.usefixtures("no_engine")
def test_the_time_budget_ends_teaching_and_exam(make_chat_job, monkeypatch):
    from tuneyard_worker.trainers.generation import pens, samples

    now = [0.0]

    def slow(function, seconds):
        def wrapped(*arguments, **options):
            now[0] += seconds
            return function(*arguments, **options)

        return wrapped

    monkeypatch.setattr("tuneyard_worker.trainers.checkpoints.Checkpoints.seconds", lambda _: now[0])
    monkeypatch.setattr(tuning, "learn", slow(tuning.learn, 5.0))
    monkeypatch.setattr(pens, "answer", slow(pens.answer, 6.0))
    monkeypatch.setattr(samples, "answer", slow(samples.answer, 1.0))
    job = make_chat_job(questions(200), epochs=50, time_budget_seconds=60, exam_answers=100, test_fraction=0.5)
    assert run(job) == 0
    steps = max(event["step"] for event in events(job, "metrics"))
    assert steps == 6  # 36 of the 60 seconds, of which one went into sample answers and a moment into getting ready
    assert len(events(job, "samples")) == 1, "another second would be more than their share"
    assert now[0] <= 60
    evaluation = evaluation_of(job)
    assert 8 <= evaluation.answered_rows < 100
    rates = [e["values"]["learning_rate"] for e in events(job, "metrics") if "learning_rate" in e["values"]]
    assert rates[-1] <= 0.5 * max(rates), "the learning rate comes down by the time it ends"
    [short] = [event["details"] for event in events(job, "log") if event["code"] == "rows_without_time"]
    manifest = ModelManifest.model_validate_json((job / "artifact/manifest.json").read_bytes())
    epochs = manifest.chosen.epochs
    assert manifest.metrics["epoch_seconds"] == pytest.approx(5 * 6 / epochs, rel=0.1)
    assert short["percent"] == pytest.approx(100 * epochs, abs=20)
    assert f"after {100 * epochs:.1f} % of the rows to learn from" in evaluation.verdict.en


@pytest.mark.usefixtures("no_engine")
@pytest.mark.parametrize("rambling", [1, 3])
def test_an_exam_that_takes_longer_than_its_time_is_cut_short_and_not_the_budget(make_chat_job, monkeypatch, rambling):
    from tuneyard_worker.trainers.generation import exam, pens
    from tuneyard_worker.trainers.generation.answering import Answer, Answers

    now, written = [0.0], []

    def slowly(_base, prompts, how, _compute):
        """A token a second, a rambling base model fewer."""
        seconds = rambling if written else 1
        tokens = min(how.longest, int(how.seconds / seconds))
        now[0] += seconds * tokens
        written.append(tokens)
        return Answers([Answer("x" * tokens, ends=True)] * len(prompts), tokens, tokens < how.longest)

    foresee = exam.Exam._foresee

    def one_row_a_second(self, base, rows):
        now[0] += len(rows)
        return foresee(self, base, rows)

    monkeypatch.setattr("tuneyard_worker.trainers.checkpoints.Checkpoints.seconds", lambda _: now[0])
    monkeypatch.setattr(pens, "answer", slowly)
    monkeypatch.setattr(exam.Exam, "_foresee", one_row_a_second)
    monkeypatch.setattr(exam, "choose_manner", lambda *_: Decoding())
    job = make_chat_job(questions(200), epochs=1, time_budget_seconds=30, exam_answers=100, test_fraction=0.5)
    assert run(job) == 0, error_of(job)
    assert now[0] <= 30
    evaluation = evaluation_of(job)
    assert 1 < evaluation.scored_rows < 10
    assert evaluation.answered_rows == 8
    (told,) = [event["details"] for event in events(job, "log") if event["code"] == "exam_answers_cut"]
    assert told["tokens"] == min(written)
    kept = duckdb.sql(f"SELECT DISTINCT answer, base FROM '{job}/artifact/evaluation/answers.parquet'").fetchall()
    assert kept == [("x" * min(written), "x" * min(written))], "neither of the two may write longer"


def test_the_time_to_get_ready_is_of_the_budget(make_chat_job, monkeypatch):
    from tuneyard_worker.trainers.generation import trainer

    clock, given = time.monotonic, []
    away = 0.0

    def slow(*arguments):
        nonlocal away
        away = 6.0
        return prepare(*arguments)

    prepare, teach = trainer.prepare, trainer.tune
    monkeypatch.setattr(trainer.time, "monotonic", lambda: clock() + away)
    monkeypatch.setattr(trainer, "prepare", slow)
    monkeypatch.setattr(trainer, "tune", lambda *some, **named: given.append(named["seconds"]) or teach(*some, **named))
    assert run(make_chat_job(questions(20), epochs=1, time_budget_seconds=100)) == 0
    assert 50 < given[0] < 69


def test_a_chat_dataset_with_system_messages_and_turns(make_chat_job):
    def talk(number):
        return [
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": f"Hi {number}"},
            {"role": "assistant", "content": "Hello"},
            {"role": "user", "content": "Bye"},
            {"role": "assistant", "content": "Ciao"},
        ]

    rows = [{"messages": json.dumps(talk(number))} for number in range(24)]
    rows[5]["messages"] = json.dumps(talk(5)[:2])
    rows[9]["messages"] = "oops"
    job = make_chat_job(rows, columns={"messages": "messages"}, max_length=128, epochs=1)
    assert run(job) == 0, error_of(job)
    told = [event["message"] for event in events(job, "log") if event["code"] == "row_left_out"]
    assert [message.split(".")[0] for message in told] == ["Row 6 is left out", "Row 10 is left out"]
    counts = next(event["details"] for event in events(job, "log") if event["code"] == "conversations_split")
    assert counts["conversations"] == 22


def test_of_many_rows_that_are_left_out_the_most_frequent_reason_is_told(make_chat_job):
    rows = questions(40)
    rows[2]["prompt"] = ""
    for row in rows[5:27]:
        row["completion"] = " "
    job = make_chat_job(rows, epochs=1)
    below_a_header(job / "data.parquet", len(rows))
    assert run(job) == 0, error_of(job)
    codes = [event["code"] for event in events(job, "log")]
    assert codes.count("row_left_out") == 20
    (told,) = [event for event in events(job, "log") if event["code"] == "rows_left_out"]
    assert told["message"] == (
        "23 rows are left out in all, 22 of them for a reason like that of row 6 (line 7 of the file): There is no "
        "answer."
    )
    assert told["details"] == {"count": 23, "most": 22, "row": 6, "line": 7, "reason": "no_completion"}
    first = next(event for event in events(job, "log") if event["code"] == "row_left_out")
    assert first["message"] == "Row 3 (line 4 of the file) is left out. There is no question."
    assert first["details"] == {"row": 3, "line": 4, "reason": "no_prompt"}


def test_of_a_conversation_in_several_rows_all_are_told_that_are_left_out(make_chat_job):
    rows = [
        {"id": f"c{n}", "who": who, "says": f"{who} {n}"} for n in range(30) for who in ("visitor", "agent", "visitor")
    ]
    rows[10]["says"] = ""
    rows[13]["who"] = "Anna"
    for row in range(60, 85):
        rows[row]["says"] = ""
    columns = {"conversation": "id", "author": "who", "content": "says"}
    job = make_chat_job(rows, columns=columns, epochs=1)
    assert run(job) == 0, error_of(job)
    logs = [event for event in events(job, "log") if event["code"] in ("row_left_out", "rows_left_out")]
    assert logs[0]["message"] == "Row 11 is left out, with 2 other rows of its conversation. The message is empty."
    assert logs[0]["details"] == {"row": 11, "reason": "utterance_empty", "others": 2}
    assert "others" not in logs[2]["details"]
    assert logs[-1]["message"].startswith("33 rows are left out in all, 30 of them for a reason like that of row 11")


def test_what_is_cut_is_named_and_what_has_no_answer_left_is_left_out(make_chat_job):
    rows = questions(30)
    for row in [0, *range(4, 15)]:
        rows[row]["completion"] = "x" * 200
    rows[1]["prompt"] = "y" * 200
    job = make_chat_job(rows, epochs=1, validation=[*questions(9), {"prompt": "Long?", "completion": "x" * 200}])
    below_a_header(job / "data.parquet", len(rows))
    assert run(job) == 0, error_of(job)
    told, of_validation = [event for event in events(job, "log") if event["code"] == "conversations_cut"]
    assert told["message"] == (
        "Of 29 conversations, 12 are cut after 96 tokens: rows 1, 5, 6, 7, 8, 9, 10, 11, 12, 13 and 2 more (lines 2, "
        "6, 7, 8, 9, 10, 11, 12, 13, 14 and 2 more of the file)."
    )
    first = [1, *range(5, 14)]
    counts = {"cut": 12, "conversations": 29, "tokens": 96}
    assert told["details"] == {**counts, "rows": first, "lines": [row + 1 for row in first]}
    assert of_validation["message"] == "Of 10 conversations, 1 is cut after 96 tokens: row 10."
    assert of_validation["details"] == {"cut": 1, "conversations": 10, "tokens": 96, "rows": [10]}
    logs = {event["code"]: event["details"] for event in events(job, "log")}
    assert (logs["row_left_out"]["row"], logs["row_left_out"]["reason"]) == (2, "answer_out_of_reach")


@pytest.mark.parametrize(
    ("rows", "options", "code"),
    [
        (questions(9), {}, "too_few_conversations"),
        ([{"prompt": "the same", "completion": f"{n}"} for n in range(20)], {}, "too_few_questions"),
        (questions(20), {"columns": {"prompt": "prompt", "completion": "nope"}}, "missing_column"),
        (questions(20), {"system_prompt": "At {{shop}}"}, "missing_column"),
    ],
)
def test_what_can_not_be_learnt_from_is_refused_in_words(make_chat_job, rows, options, code):
    job = make_chat_job(rows, **options)
    assert run(job) == 1
    error = error_of(job)
    assert error["code"] == code
    assert error["hint"]


def test_a_base_model_that_can_not_write_is_refused(make_chat_job, tiny_bert):
    job = make_chat_job(questions(20), base=tiny_bert)
    assert run(job) == 1
    assert error_of(job)["code"] == "base_model_incomplete"


@pytest.mark.parametrize("content", ["{}", '{"version": "1.0"}', "oops"])
def test_a_tokenizer_that_is_none_is_told_in_words(make_chat_job, tmp_path, content):
    base = write_tiny_llama(tmp_path)
    (base / "tokenizer.json").write_text(content)
    job = make_chat_job(questions(20), base=base)
    assert run(job) == 1
    error = error_of(job)
    assert error["code"] == "base_model_unreadable"
    assert "tokenizer.json is damaged" in error["message"]


def test_qlora_without_a_card_is_refused_in_words(make_chat_job):
    job = make_chat_job(questions(20), tuning="qlora")
    assert run(job) == 1
    error = error_of(job)
    assert error["code"] == "no_graphics_card"
    assert "CUDA" in error["message"]
    assert "lora" in error["hint"]


def test_qlora_teaches_on_a_base_model_in_4_bits(make_chat_job, tmp_path, monkeypatch):
    """On the processor, which bitsandbytes knows too: slowly, but by the same way."""
    pytest.importorskip("bitsandbytes", reason="the extra qlora is not installed")
    monkeypatch.setattr("tuneyard_worker.trainers.generation.trainer.check_card", lambda _: None)
    seen = []
    from tuneyard_worker.trainers.generation import trainer

    monkeypatch.setattr(
        trainer, "tune", lambda model, *given, **named: seen.append(model) or tuning.tune(model, *given, **named)
    )
    # Its scales are those of 64 numbers in a row.
    base = write_tiny_llama(tmp_path, hidden_size=64, intermediate_size=64)
    job = make_chat_job(questions(60), base=base, tuning="qlora", learning_rate=2e-2)
    assert run(job) == 0, error_of(job)
    kinds = {name: weights.dtype for name, weights in seen[0].named_parameters()}
    assert {kind for name, kind in kinds.items() if name.endswith("proj.base_layer.weight")} == {torch.uint8}
    assert {kind for name, kind in kinds.items() if "lora_" in name} == {torch.float32}
    curve = list(of_metric(job, "validation_loss").values())
    assert curve[-1] < curve[0]
    assert evaluation_of(job).perplexity_cut.value > 0
    assert (job / "artifact/adapter").is_dir()


def test_a_loss_that_is_no_number_ends_the_job(make_chat_job, monkeypatch):
    from tuneyard_worker.trainers.generation import objectives

    losses = objectives.token_losses

    def spoilt(*given):
        found, right = losses(*given)
        return found * float("nan"), right

    monkeypatch.setattr(objectives, "token_losses", spoilt)
    job = make_chat_job(questions(20))
    assert run(job) == 1
    assert error_of(job)["code"] == "training_diverged"


@pytest.mark.parametrize("elsewhere", [False, True])
def test_the_first_that_choose_the_best_moment_are_any_of_them_however_the_table_is_sorted(make_chat_job, elsewhere):
    job = make_chat_job(
        questions(200), validation=questions(60, seed=9) if elsewhere else None, epochs=1, validation_fraction=0.3
    )
    spec = TextGenerationSpec.model_validate_json((job / "spec.json").read_bytes())
    lesson = prepare(spec, JobDirectory(job), load(spec.base_model.path, "tiny", torch.float32))
    rows = [each.conversation.row for each in lesson.side(lesson.splits.validation)]
    assert rows[:9] != sorted(rows)[:9]
    assert len({3 * row // (max(rows) + 1) for row in rows[:9]}) == 3, "from each third of the table"


def test_another_dataset_may_choose_the_best_moment(make_chat_job):
    job = make_chat_job(questions(40), validation=questions(8, seed=9))
    assert run(job) == 0, error_of(job)
    counts = manifest_of(job).splits
    assert (counts.train, counts.validation, counts.test) == (36, 8, 4)
    looks = [event["values"] for event in events(job, "metrics") if "validation_loss" in event["values"]]
    assert all(0 <= each["validation_token_accuracy"] <= 1 for each in looks)
    useless = make_chat_job(questions(40), validation=[{"prompt": "Is it?", "completion": " "}], name="useless")
    assert run(useless) == 1
    assert error_of(useless)["code"] == "validation_without_conversation"
