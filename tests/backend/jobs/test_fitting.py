"""Which jobs the workers have the memory for: a card's where they compute on one, else their machine's."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from trainable import ROWS, column, make_dataset
from workspaces import WorkspaceUnderTest, services

from tuneyard.base_models import machines
from tuneyard.jobs import workers
from tuneyard.jobs.workers import WorkerFacts
from tuneyard.specs.dataset import ColumnType

GB = 10**9
A10G = 23_028 * 2**20
JOBS, ESTIMATE, BASE_MODELS = "/api/v1/jobs", "/api/v1/jobs/estimate", "/api/v1/base-models/qwen3-8b"

Hear = Callable[..., None]
Ask = Callable[..., Any]


@pytest.fixture
def hear(workspace: WorkspaceUnderTest) -> Iterator[Hear]:
    """Let a worker that trains tell of itself, the only one."""
    database = services(workspace.app).database

    def forget() -> None:
        with database.system() as session:
            session.execute(text("DELETE FROM worker_processes"))

    def told(**facts: Any) -> None:
        forget()
        with database.system() as session:
            workers.seen(session, WorkerFacts(id="w", host="h", queues=["train"], **facts))

    forget()
    yield told
    forget()


@pytest.fixture
def ask(client: TestClient, workspace: WorkspaceUnderTest) -> Ask:
    """A fine-tune of Qwen3 8B with these hyperparameters."""
    columns = [column(name, ColumnType.TEXT, distinct=ROWS) for name in ("question", "answer")]
    body = {
        "dataset_id": make_dataset(workspace, columns),
        "task": "text_generation",
        "columns": {"prompt": "question", "completion": "answer"},
        "base_model": "qwen3-8b",
    }

    def post(address: str = JOBS, **hyperparameters: Any) -> Any:
        return client.post(address, json=body | {"hyperparameters": hyperparameters})

    return post


def card(memory: int, of_card: int) -> dict[str, Any]:
    return {
        "device": "NVIDIA A10G",
        "memory_total_bytes": memory,
        "card_memory_bytes": of_card,
        "fast_bf16": True,
    }


def test_a_large_card_in_a_small_machine_takes_what_fits_the_card(hear: Hear, ask: Ask) -> None:
    hear(**card(16 * GB, A10G))
    assert ask(tuning="qlora").status_code == 201
    for tuning, cures in (
        ("lora", ["'gradient_checkpointing' turned on", "'tuning' set to qlora"]),
        ("full", ["'tuning' set to qlora"]),
    ):
        answer = ask(tuning=tuning)
        error = answer.json()["error"]
        assert (answer.status_code, error["code"], error["param"]) == (422, "not_enough_memory", "base_model")
        assert error["saying"]["code"] == "not_enough_card_memory"
        assert [words for words in ["24.1 GB", *cures] if words not in error["message"]] == []
    assert ask(tuning="lora", gradient_checkpointing=True).status_code == 201


def test_a_machine_that_is_short_of_memory_for_the_files_is_told_before(hear: Hear, ask: Ask) -> None:
    codes = []
    for memory in (16 * GB, 32 * GB):
        hear(**card(memory, A10G))
        estimate = ask(ESTIMATE, tuning="qlora").json()
        assert 16 * GB < estimate["memory_bytes"] < A10G
        codes.append({warning["code"] for warning in estimate["warnings"]})
    assert codes[0] - codes[1] == {"short_of_memory_at_the_end"}


def test_a_large_machine_does_not_help_a_small_card(hear: Hear, ask: Ask) -> None:
    hear(**card(64 * GB, 8 * GB))
    answer = ask(tuning="lora")
    assert answer.status_code == 422
    message = answer.json()["error"]["message"]
    assert "8.0 GB" in message
    assert "the base model 'smollm2-135m-instruct'" in message
    assert "qlora" not in message, "that would not fit either"
    hear(device="cpu, 32 threads", memory_total_bytes=64 * GB)
    assert ask(tuning="lora").status_code == 201


def test_qlora_is_estimated_where_no_worker_has_been_heard_of(hear: Hear, ask: Ask) -> None:
    estimate = ask(ESTIMATE, tuning="qlora")
    assert estimate.json()["memory_bytes"] > 16 * GB
    assert ask(tuning="qlora").status_code == 201


def test_a_small_web_server_judges_by_its_workers(
    client: TestClient, workspace: WorkspaceUnderTest, hear: Hear, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = tmp_path / "memory.max"
    limit.write_text(f"{GB}\n")
    monkeypatch.setattr(machines, "CGROUP_LIMIT", limit)
    alone = client.get(BASE_MODELS).json()
    assert (alone["fits"], alone["fits_reason"]["details"]["here"]) == (False, "1.0 GB")
    hear(**card(16 * GB, A10G))
    told = client.get(BASE_MODELS).json()
    assert (told["fits"], told["fits_reason"]["code"]) == (True, "only_quantised")
    # One that is started anew, or only when there is work, is remembered.
    with services(workspace.app).database.system() as session:
        session.execute(text("UPDATE worker_processes SET seen_at = clock_timestamp() - interval '5 min'"))
    assert client.get(BASE_MODELS).json()["fits"]
