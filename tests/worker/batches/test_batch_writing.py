"""A batch of a model that writes, through the runner's front door: a job directory in, a result out."""

import csv
import json
from pathlib import Path
from uuid import uuid4

import numpy as np
import openpyxl
import pytest
from fine_tune_jobs import events
from safetensors.numpy import save_file

from coroutines import aside
from coroutines import run as run_coroutine
from tiny_llama import write_tiny_llama
from tuneyard.specs.job import BatchPredictSpec, Budget, WriterRef
from tuneyard.specs.manifest import ModelManifest
from tuneyard.specs.tasks import Role, Task
from tuneyard.specs.text_generation import TextGenerationHyperparameters
from tuneyard_worker import runner
from tuneyard_worker.batches import opened_writer, writing
from tuneyard_worker.batches.kept_answers import KeptAnswers
from tuneyard_worker.exporters.decoder_folder import write_decoder
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.room import Room
from tuneyard_worker.serving.writing.schemas import Part, Said, WriteRequest
from tuneyard_worker.serving.writing.writer import Writer
from tuneyard_worker.stopping import Stopped, StopSignal
from tuneyard_worker.trainers import checkpoints

ROOM = 256
"""What the tiny model was made for."""
QUESTIONS = {"prompt": "question", "completion": "answer"}


def run(job, *stop):
    """As a process of its own does it: the exit status."""
    return aside(runner.run, job, *stop)


class Killed(BaseException):
    """As abrupt as SIGKILL: nothing catches it."""


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Path:
    """A tiny model with its graph."""
    folder = write_tiny_llama(tmp_path_factory.mktemp("tiny"))
    write_decoder(folder, folder / "graph")
    return folder


@pytest.fixture(scope="module")
def adapter(tmp_path_factory) -> Path:
    """Something that was learned."""
    folder = tmp_path_factory.mktemp("adapter")
    draw = np.random.default_rng(3)
    (folder / "adapter_config.json").write_text(json.dumps({"r": 4, "lora_alpha": 8}))
    name = "base_model.model.model.layers.{}.self_attn.q_proj.lora_{}.weight"
    weights = {
        name.format(layer, side): draw.normal(0, 1, size).astype(np.float32)
        for layer in range(2)
        for side, size in (("A", (4, 32)), ("B", (32, 4)))
    }
    save_file(weights, folder / "adapter_model.safetensors")
    return folder


@pytest.fixture
def make_batch(tmp_path, base, adapter, make_artifact):
    """Write the job directory of a batch on a file with this content; further arguments are hyperparameters."""

    def make(
        content, *, name="input.csv", columns=QUESTIONS, job="job", graph=True, spec=None, checkpoint_seconds=0, **hyper
    ) -> Path:
        path = content if isinstance(content, Path) else tmp_path / name
        if not isinstance(content, Path):
            path.write_text(content)
        model = make_artifact()
        manifest = ModelManifest.model_validate_json((model / "manifest.json").read_bytes()).model_copy(
            update={
                "serving": None,
                "task": Task.TEXT_GENERATION,
                "columns": {Role(role): names for role, names in columns.items()},
                "labels": [],
                "hyperparameters": TextGenerationHyperparameters(**({"answer_length": 12} | hyper)),
            }
        )
        (model / "manifest.json").write_text(manifest.model_dump_json(by_alias=True))
        ref = WriterRef(
            texts=base,
            weights=None if graph else base,
            graph=base / "graph" if graph else None,
            adapter=adapter,
            memory_bytes=2**31,
        )
        folder = tmp_path / job
        folder.mkdir()
        found = BatchPredictSpec(
            job_id="job_2",
            path=path,
            filename=path.name,
            model=model,
            writer=ref,
            budget=Budget(threads=1, checkpoint_seconds=checkpoint_seconds),
            **(spec or {}),
        )
        (folder / "spec.json").write_text(found.model_dump_json())
        return folder

    return make


@pytest.fixture
def table(make_batch):
    """The rows of the result of a batch."""

    def answered(content, **options) -> list[list[str]]:
        job = make_batch(content, **options)
        assert run(job) == 0, (job / "error.json").read_text()
        return result(job)

    return answered


@pytest.fixture
def live(make_batch):
    """What a deployment of the model answers to messages, likeliest token by likeliest token."""

    def ask(*conversations: list[tuple[str, str]], most: int = 12) -> list[str]:
        folder = make_batch("question\n", job=f"live-{uuid4()}")
        spec = BatchPredictSpec.model_validate_json((folder / "spec.json").read_bytes())

        async def answer(writer: Writer) -> list[str]:
            found = []
            for messages in conversations:
                said = [Said(role=role, content=content) for role, content in messages]
                parts = [part async for part in writer.parts(WriteRequest(messages=said, most=most, temperature=0))]
                found.append("".join(part.text for part in parts if isinstance(part, Part)).strip())
            await writer.engine.close()
            return found

        with opened_writer.opened_writer(spec, None, JobDirectory(folder), Room((folder,))) as writer:
            return run_coroutine(answer(writer))

    return ask


def result(job: Path) -> list[list[str]]:
    with (job / "artifact" / "result.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def error(job: Path) -> dict:
    assert not (job / "artifact" / "manifest.json").exists()
    return json.loads((job / "error.json").read_text())


def sheet(count: int) -> str:
    return "id,question\n" + "".join(f"{number},What about {number}?\n" for number in range(count))


def column(rows: list[list[str]], name: str) -> list[str]:
    return [row[rows[0].index(name)] for row in rows[1:]]


def test_every_row_has_the_answer_that_a_deployment_gives(table, live):
    rows = table(sheet(20))
    assert rows[0][:4] == ["id", "question", "prediction", "finish"]
    assert column(rows, "id") == [str(number) for number in range(20)]
    expected = live(*([("user", f"What about {number}?")] for number in range(20)))
    same = [one == other for one, other in zip(column(rows, "prediction"), expected, strict=True)]
    # Rounding differs with the number of rows, so a tie may fall the other way: in few of them.
    assert sum(same) >= 18
    assert set(column(rows, "finish")) <= {"stop", "length"}
    for row in rows[1:]:
        assert (row[3] == "length") == (row[-1] == "The answer was cut after 12 tokens.")


def test_how_long_an_answer_may_be_can_be_asked_for(table, live):
    rows = table(sheet(3), spec={"answer_length": 30})
    assert column(rows, "prediction") == live(*([("user", f"What about {n}?")] for n in range(3)), most=30)


def test_what_is_wrong_with_a_row_is_said_there(table):
    rows = table(f"id,question\n1,Hello\n2,\n3,{'long ' * 80}\n4,one,cell,too,many\n5,Hello\n")
    assert rows[0] == ["id", "question", "prediction", "finish", "note"]
    assert [row[0] for row in rows[1:]] == ["1", "2", "3", "", "5"]
    assert rows[2][2:] == ["", "", "The question is empty."]
    assert rows[3][2:4] == ["", ""]
    assert rows[3][4].startswith("This model's maximum context length is 256 tokens, its answer included;")
    assert rows[4][4].startswith("Line 5 could not be read:")
    assert rows[1][2] == rows[5][2] != ""


def test_it_is_asked_as_it_was_taught(table, live):
    columns = {"prompt": ["subject", "body"], "completion": "answer", "system": "persona"}
    rows = table(
        "subject,body,persona\nBill,It is wrong,Be kind.\n,Hello,\n",
        columns=columns,
        system_prompt="You know {{subject}}.",
    )
    expected = live(
        [("system", "Be kind."), ("user", "Bill\n\nIt is wrong")],
        [("system", "You know ."), ("user", "Hello")],
    )
    assert column(rows, "prediction") == expected
    rows = table("what,answer\ncup,x\n", job="template", columns=columns, prompt_template="Tell me of {{ what }}!")
    assert column(rows, "prediction") == live([("user", "Tell me of cup!")])


def test_the_columns_may_be_called_otherwise(table, make_batch, live):
    rows = table("text\nHello\nThere\nHow are you\n", spec={"text_columns": ["text"]})
    assert column(rows, "prediction") == live(*([("user", word)] for word in ("Hello", "There", "How are you")))
    template = {"prompt_template": "{{a}} and {{b}}", "spec": {"text_columns": ["y", "x"]}}
    rows = table("x,y\n1,2\n3,4\n", job="renamed", **template)
    assert column(rows, "prediction") == live([("user", "2 and 1")], [("user", "4 and 3")])
    job = make_batch("x,y\n1,2\n", job="few", prompt_template="{{a}} and {{b}}", spec={"text_columns": ["x"]})
    assert run(job) == 1
    assert error(job)["code"] == "columns_for_blanks"


def test_a_column_that_is_missing_is_named_and_a_system_column_is_told_of(make_batch):
    job = make_batch("id,message\n1,Hello\n")
    assert run(job) == 1
    assert error(job)["code"] == "missing_column"
    assert "no column 'question'" in error(job)["message"]
    job = make_batch("question\nHello\nThere\nAgain\n", job="system", columns=QUESTIONS | {"system": "persona"})
    assert run(job) == 0
    assert [event["code"] for event in events(job, "log")] == ["no_system_column"]


def test_conversations_are_gone_on_with(table, live):
    said = [("user", "Hi"), ("assistant", "Hello"), ("user", "And now?")]
    cell = json.dumps([{"role": role, "content": content} for role, content in [*said, ("assistant", "Nothing")]])
    rows = [["messages"], [cell], ["[urgent] Help"], [json.dumps([{"role": "assistant", "content": "I"}])]]
    content = "\n".join(",".join('"' + each.replace('"', '""') + '"' for each in row) for row in rows) + "\n"
    found = table(content, columns={"messages": "messages"})
    assert column(found, "prediction") == [*live(said, [("user", "[urgent] Help")]), ""]
    assert found[3][-1] == "The messages ask nothing: none is by the user."


@pytest.mark.parametrize("left", ["", None, [{"type": "image_url"}]])
def test_an_answer_that_is_left_open_is_what_is_asked_for(table, live, left):
    cell = json.dumps([{"role": "user", "content": "Hi"}, {"role": "assistant", "content": left}])
    found = table("messages\n" + '"' + cell.replace('"', '""') + '"\n' + "Hello\n", columns={"messages": "messages"})
    assert column(found, "prediction") == live([("user", "Hi")], [("user", "Hello")])


def test_cells_can_not_run_in_a_spreadsheet(table, monkeypatch):
    monkeypatch.setattr("tuneyard_worker.batches.answering.spoken", lambda text: "=1+1")
    rows = table("question\n=2+2\n@x\nHello\n")
    assert [row[:2] for row in rows[1:]] == [["'=2+2", "'=1+1"], ["'@x", "'=1+1"], ["Hello", "'=1+1"]]


def test_excel_in_excel_out(make_batch, tmp_path):
    book = openpyxl.Workbook()
    for row in (["question", "when"], ["Hello", 3], [None, 4]):
        book.active.append(row)
    book.save(tmp_path / "input.xlsx")
    job = make_batch(tmp_path / "input.xlsx")
    assert run(job) == 0
    rows = list(openpyxl.load_workbook(job / "artifact" / "result.xlsx").active.iter_rows(values_only=True))
    assert rows[0] == ("question", "when", "prediction", "finish", "note")
    assert rows[2] == (None, "4", None, None, "The question is empty.")


def test_what_was_learned_is_in_the_answers(make_batch):
    jobs = [make_batch(sheet(6), job=name) for name in ("with", "without")]
    spec = json.loads((jobs[1] / "spec.json").read_text())
    spec["writer"]["adapter"] = None
    (jobs[1] / "spec.json").write_text(json.dumps(spec))
    assert [run(job) for job in jobs] == [0, 0]
    assert column(result(jobs[0]), "prediction") != column(result(jobs[1]), "prediction")


def test_without_a_graph_one_is_made_and_its_answers_are_the_same(make_batch):
    jobs = [make_batch(sheet(4), job=f"job-{graph}", graph=graph) for graph in (True, False)]
    assert [run(job) for job in jobs] == [0, 0]
    assert result(jobs[0]) == result(jobs[1])


def counting(monkeypatch, number, act):
    """Do something when the attempt has answered so many rows; the rows that it answered."""
    monkeypatch.setattr(checkpoints, "LARGEST_SHARE", 1.0)
    add, rows = KeptAnswers.add, []

    def counted(self, row, written):
        rows.append(row)
        if len(rows) == number:
            act()
        add(self, row, written)

    monkeypatch.setattr(KeptAnswers, "add", counted)
    return lambda: (monkeypatch.setattr(KeptAnswers, "add", add), rows)[1]


def die():
    raise Killed


def test_killed_again_and_again_no_row_is_done_twice(make_batch, monkeypatch):
    monkeypatch.setattr("tuneyard_worker.batches.kept_answers.BLOCK_ROWS", 8)
    undisturbed, killed = (make_batch(sheet(40), job=name, name=f"{name}.csv") for name in ("a", "b"))
    assert run(undisturbed) == 0
    done = []
    for number in (5, 12, 3, 1):
        rows = counting(monkeypatch, number, die)
        with pytest.raises(Killed):
            run(killed)
        # The one at which it was killed had not been kept.
        done += rows()[:-1]
    rows = counting(monkeypatch, 0, die)
    assert run(killed) == 0
    done += rows()
    assert sorted(done) == list(range(40))
    same = [one == other for one, other in zip(result(killed), result(undisturbed), strict=True)]
    assert sum(same) >= 38
    told = [event["continued_from_step"] for event in events(killed, "status") if event.get("continued_from_step")]
    assert told == [4, 15, 17, 17]
    progress = events(killed, "progress")
    assert (progress[-1]["step"], progress[-1]["fraction"]) == (40, 1)


def test_asked_to_stop_it_keeps_what_is_done(make_batch, monkeypatch):
    job, stop = make_batch(sheet(12)), StopSignal()
    rows = counting(monkeypatch, 4, stop.hear)
    with pytest.raises(Stopped):
        run(job, stop)
    assert len(rows()) == 4
    rows = counting(monkeypatch, 0, die)
    assert run(job) == 0
    assert len(rows()) == 8


def test_asked_to_stop_while_the_file_is_written_all_answers_are_kept(make_batch, monkeypatch):
    job, stop = make_batch(sheet(12), checkpoint_seconds=3600), StopSignal()
    monkeypatch.setattr(writing, "write_result", lambda *_: stop.hear())
    with pytest.raises(Stopped):
        run(job, stop)
    monkeypatch.undo()
    rows = counting(monkeypatch, 0, die)
    assert run(job) == 0
    assert rows() == []
    assert len(result(job)) == 13


def test_a_model_that_can_not_be_run_is_told(make_batch, monkeypatch):
    def refuse(config):
        raise opened_writer.UnknownDecoder("models of the kind 'odd'")

    monkeypatch.setattr(opened_writer, "shape_of", refuse)
    job = make_batch(sheet(3))
    assert run(job) == 1
    assert error(job)["code"] == "not_servable"
    assert "kind 'odd'" in error(job)["message"]
