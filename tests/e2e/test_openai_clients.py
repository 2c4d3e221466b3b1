"""The OpenAI API with the clients that people have: official ones of three majors, and what is built on them."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import InferenceClient
from journey import until
from openai import OpenAI
from stack import Stack

from client_environments import PATHS, node_folder, python_with, run
from tiny_llama import write_tiny_llama

CLIENTS = Path(__file__).parent / "clients"
GUIDE = Path(__file__).parents[2] / "docs" / "openai.md"
CHARGED = "My card was charged twice"
ENDED = ("succeeded", "failed", "cancelled")


def chats(count: int) -> list[Any]:
    talks = ((("user", f"What about {n}?"), ("assistant", f"{n} is fine.")) for n in range(count))
    return [{"messages": [{"role": role, "content": text} for role, text in talk]} for talk in talks]


CHATS = chats(40)
# Of these nothing is learned before somebody who types has cancelled it.
MANY = 20_000
HYPER = {"n_epochs": 2, "batch_size": 8, "time_budget_seconds": 20, "max_length": 96, "exam_answers": 2,
         "answer_length": 8, "lora_rank": 4}  # fmt: skip


PAIRS = [
    {
        "input": {"messages": [{"role": "user", "content": f"What about {n}?"}]},
        "preferred_output": [{"role": "assistant", "content": f"{n} is fine."}],
        "non_preferred_output": [{"role": "assistant", "content": "Go and look it up."}],
    }
    for n in range(30)
]


def environment(stack: Stack) -> dict[str, str]:
    """All that a user changes."""
    return {"OPENAI_BASE_URL": f"{stack.url}/v1", "OPENAI_API_KEY": stack.key}


def client_of(stack: Stack) -> OpenAI:
    return OpenAI(base_url=f"{stack.url}/v1", api_key=stack.key)


def lines_of(client: OpenAI, name: str, rows: list[Any]) -> str:
    """Id of a file with a line for each."""
    content = "\n".join(map(json.dumps, rows)).encode()
    return client.files.create(file=(f"{name}.jsonl", content), purpose="fine-tune").id


@pytest.fixture(scope="module")
def label(stack: Stack, sample: Any) -> str:
    """What the classifier makes of the text that every client asks about."""
    predicted = stack.api.post(f"/deployments/{sample.deployment}/predict", json={"inputs": [CHARGED]})
    return str(predicted.json()["predictions"][0]["label"])


@pytest.fixture(scope="module")
def tuned(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A fine-tuning that was asked for while its files were still being read, and has succeeded."""
    base = tmp_path_factory.mktemp("clients") / "tiny-llama"
    base.mkdir()
    write_tiny_llama(base)
    pulled = stack.run("models", "pull", "tiny-llama", "--from", str(base))
    assert pulled.returncode == 0, pulled.stdout + pulled.stderr
    client = client_of(stack)
    training, validation = (
        lines_of(client, name, rows) for name, rows in (("chats", CHATS[:30]), ("checks", CHATS[30:]))
    )
    method: Any = {"type": "supervised", "supervised": {"hyperparameters": HYPER}}
    job = client.fine_tuning.jobs.create(
        model="tiny-llama",
        training_file=training,
        validation_file=validation,
        suffix="Kind answers",
        metadata={"team": "support"},
        method=method,
    )
    assert job.status in ("validating_files", "queued", "running")
    done = until(lambda: client.fine_tuning.jobs.retrieve(job.id), lambda found: found.status in ENDED)
    assert done.status == "succeeded", done.error
    until(lambda: stack.api.get(f"/deployments/{done.fine_tuned_model}").json(), lambda read: read["status"] == "ready")
    return done


def test_a_validation_file_chooses_the_best_moment(stack: Stack, tuned: Any) -> None:
    native = stack.api.get(f"/jobs/{tuned.tuneyard_job_id}").json()
    version = stack.api.get(f"/model-versions/{native['model_version_id']}").json()
    assert version["splits"]["validation"] == 10
    assert version["splits"]["train"] + version["splits"]["test"] == 30
    assert tuned.metadata == {"team": "support"}


def test_preferences_are_learned_from_pairs_of_answers(stack: Stack, tuned: Any) -> None:
    client = client_of(stack)
    file = client.files.create(file=("pairs.jsonl", "\n".join(map(json.dumps, PAIRS)).encode()), purpose="fine-tune")
    method: Any = {"type": "dpo", "dpo": {"hyperparameters": HYPER | {"beta": 0.2, "gguf": "none"}}}
    job = client.fine_tuning.jobs.create(model=tuned.model, training_file=file.id, method=method)
    done = until(lambda: client.fine_tuning.jobs.retrieve(job.id), lambda found: found.status in ENDED)
    assert done.status == "succeeded", done.error
    assert done.method is not None
    assert done.method.type == "dpo"
    assert done.method.dpo is not None
    assert done.method.dpo.hyperparameters is not None
    assert done.method.dpo.hyperparameters.beta == 0.2
    figures = client.files.content(done.result_files[0]).read().decode()
    assert figures.startswith("step,train_loss,train_preference_accuracy,valid_loss,valid_preference_accuracy")
    native = stack.api.get(f"/jobs/{done.model_extra['tuneyard_job_id']}").json()  # type: ignore[index]
    version = stack.api.get(f"/model-versions/{native['model_version_id']}").json()
    found = stack.api.get(f"/models/{version['model_id']}/versions/{version['number']}/evaluation").json()
    assert found["preference"]["pairs"] == 3


def test_the_guide_works_from_top_to_bottom(stack: Stack, tuned: Any, tmp_path: Path) -> None:
    """With a smaller base model, and the address and key of this platform."""
    (tmp_path / "chats.jsonl").write_text("\n".join(map(json.dumps, CHATS)))
    named = {"smollm2-135m-instruct": "tiny-llama",
             '"n_epochs": 2': '"n_epochs": 1, "time_budget_seconds": 15, "exam_answers": 1, "max_length": 96',
             'open("chats.jsonl"': f'open("{tmp_path}/chats.jsonl"'}  # fmt: skip
    told = run([sys.executable, "-c", shown("python", named)], **environment(stack))
    assert told.startswith("succeeded None")
    assert "step,train_loss" in told
    assert told.splitlines()[-1].startswith("384 ")


def shown(language: str, named: dict[str, str]) -> str:
    """The guide's code in this language, with these names changed."""
    code = "".join(re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text(encoding="utf-8"), flags=re.DOTALL))
    for name, meant in named.items():
        assert name in code
        code = code.replace(name, meant)
    return code


@pytest.mark.parametrize("major", [3, 2, 1])
def test_the_official_client(stack: Stack, sample: Any, label: str, tuned: Any, major: int) -> None:
    python = sys.executable if major == 3 else python_with(f"openai-{major}")
    spare = f"spare-{major}"
    version = stack.api.get(f"/jobs/{tuned.tuneyard_job_id}").json()["model_version_id"]
    made = stack.api.post("/deployments", json={"name": spare, "model_version_id": version})
    assert made.status_code == 201, made.text
    asked = [tuned.id, sample.deployment, label, spare]
    assert run([python, str(CLIENTS / "official.py"), *asked], **environment(stack)).startswith(f"{major}.")


def test_the_official_command_line(stack: Stack, tuned: Any) -> None:
    """As it came with the client in its first major, and as the guide has it typed."""
    folder = Path(python_with("openai-1")).parent
    file = lines_of(client_of(stack), "many", chats(MANY))
    named = {"http://localhost:8321": stack.url, "ty_…": stack.key, "FILE_ID": file,
             "smollm2-135m-instruct": "tiny-llama"}  # fmt: skip

    def typed(lines: str) -> str:
        return run(["bash", "-ec", lines], PATH=f"{folder}:{PATHS}")

    lines = shown("sh", named)
    told = typed(lines)
    created, end = json.JSONDecoder().raw_decode(told)
    assert (created["hyperparameters"]["n_epochs"], created["user_provided_suffix"]) == (2, "support")
    listed = json.loads(told[end:])
    assert {created["id"], tuned.id} <= {job["id"] for job in listed["data"]}
    more = f"{lines.splitlines()[0]}\nopenai api fine_tuning.jobs"
    assert json.loads(typed(f"{more}.cancel -i {created['id']}"))["id"] == created["id"]
    until(lambda: client_of(stack).fine_tuning.jobs.retrieve(created["id"]), lambda job: job.status == "cancelled")
    assert "training loss" in typed(f"{more}.list_events -i {tuned.id} --limit 100")


def test_the_chat_of_hugging_face(stack: Stack, sample: Any, label: str) -> None:
    client = InferenceClient(base_url=f"{stack.url}/v1", api_key=stack.key)
    asked = [{"role": "user", "content": CHARGED}]
    done = client.chat_completion(asked, model=sample.deployment)
    assert done.choices[0].message.content == label
    streamed = client.chat_completion(asked, model=sample.deployment, stream=True)
    assert "".join(part.choices[0].delta.content or "" for part in streamed) == label


def test_what_is_built_on_it(stack: Stack, sample: Any, label: str, tuned: Any) -> None:
    asked = [sample.deployment, tuned.fine_tuned_model]
    told = run([python_with("others"), str(CLIENTS / "others.py"), *asked], **environment(stack))
    assert told.splitlines()[-1] == label


def test_the_ai_sdk_of_node(stack: Stack, sample: Any, label: str, tuned: Any) -> None:
    folder = node_folder(CLIENTS / "ai-sdk")
    asked = [f"{stack.url}/v1", stack.key, sample.deployment, tuned.fine_tuned_model]
    assert run(["node", str(folder / "ask.mjs"), *asked]).splitlines()[-1] == label
