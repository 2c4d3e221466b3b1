"""Base models through the front door."""

import re
from dataclasses import replace
from pathlib import Path

from fastapi.testclient import TestClient
from model_folder import make_model_folder
from workspaces import WorkspaceUnderTest, services

from tuneyard.auth.models import Scope
from tuneyard.base_models import service
from tuneyard.base_models.catalogue import CATALOGUE, DEFAULT
from tuneyard.base_models.machines import Machine
from tuneyard.base_models.requirements import ON_A_CARD, Work, fit, gb, memory_need, training_bytes
from tuneyard.specs.tasks import Task

ADDRESS = "/api/v1/base-models"
PAGE = Path(__file__).parents[3] / "docs" / "base-models.md"
GB = 10**9


def test_the_catalogue_is_listed_with_what_is_installed(
    client: TestClient, workspace: WorkspaceUnderTest, tmp_path: Path
) -> None:
    listed = client.get(ADDRESS).json()
    assert listed["next_cursor"] is None
    assert [entry["id"] for entry in listed["data"]] == list(CATALOGUE)
    assert not any(entry["installed"] for entry in listed["data"])
    default = listed["data"][0]
    assert (default["id"], default["default"], default["licence"]) == (DEFAULT, True, "Apache-2.0")
    assert default["memory"]["head_training"] < default["memory"]["full_training"]
    store = services(workspace.app).store
    service.pull(store, "mine", str(make_model_folder(tmp_path / "m")), lambda *_: None)
    mine = client.get(ADDRESS).json()["data"][-1]
    assert (mine["id"], mine["installed"], mine["default"]) == ("mine", True, False)
    assert client.get(f"{ADDRESS}/mine").json() == mine
    assert str(tmp_path) not in str(mine)


def test_one_that_does_not_exist_is_not_found(client: TestClient) -> None:
    answer = client.get(f"{ADDRESS}/nothing")
    assert answer.status_code == 404
    assert DEFAULT in answer.json()["error"]["message"]


def test_a_key_that_may_not_read_sees_none(workspace: WorkspaceUnderTest) -> None:
    assert workspace.client_with(Scope.PREDICT).get(ADDRESS).status_code == 403


def test_whether_it_fits_is_said_with_the_reason() -> None:
    entry = CATALOGUE["xlm-roberta-base"]
    need = memory_need(entry)
    sizes = (need.full_training, need.full_training - 1, need.head_training - 1)
    told = [fit(entry, [Machine(memory=10**6), Machine(memory=size)]) for size in sizes]
    assert [(fits, reason.code) for fits, reason in told] == [
        (True, "all_of_it"),
        (True, "only_a_head"),
        (False, "too_large"),
    ]
    assert "fast" in told[1][1].message
    assert gb(sizes[2]) in told[2][1].message


def test_what_it_needs_depends_on_what_is_trained_and_where() -> None:
    entry = CATALOGUE["qwen3-8b"]
    plain, quick = Machine(memory=64 * GB), Machine(memory=64 * GB, fast_bf16=True)
    card = Machine(memory=16 * GB, card=True, card_memory=24 * GB, fast_bf16=True)
    lora = [training_bytes(entry, Work("lora"), each) for each in (plain, quick)]
    assert lora[0] - lora[1] == 2 * entry.parameters, "bfloat16 takes half"
    assert training_bytes(entry, Work("qlora"), card) < training_bytes(entry, Work("lora"), card) < lora[0]
    assert training_bytes(entry, Work("lora", rank=64), card) > training_bytes(entry, Work("lora"), card)
    recomputed = training_bytes(entry, Work("lora", gradient_checkpointing=True), card)
    # The exam takes it as a whole, whatever it was taught in.
    assert 2 * entry.parameters < recomputed < training_bytes(entry, Work("lora"), card)
    least = training_bytes(entry, Work("qlora", tokens=1), card)
    assert 2 * entry.parameters < least < 2 * entry.parameters + GB
    full = [training_bytes(entry, Work("full"), each) for each in (plain, card)]
    assert full[0] == full[1] > 16 * entry.parameters


def test_a_card_counts_instead_of_its_machine() -> None:
    entry = CATALOGUE["qwen3-8b"]
    cards = [Machine(memory=memory * GB, card=True, card_memory=card * GB) for memory, card in ((64, 8), (16, 24))]
    cards = [replace(each, fast_bf16=True) for each in cards]
    assert [fit(entry, [each])[1].code for each in cards] == ["too_large", "only_quantised"]
    assert fit(entry, cards)[0]
    shared = Machine(memory=128 * GB, card=True, fast_bf16=True)
    assert fit(entry, [shared])[1].code == "only_adapters", "a card may share the memory of its machine"


def test_the_page_of_base_models_tells_the_catalogue() -> None:
    rows = re.findall(r"^\| `([^`]+)`[^|]*\| ([^|]+) \|(.*)\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [name for name, *_ in rows] == list(CATALOGUE)
    for name, licence, others in rows:
        entry = CATALOGUE[name]
        assert licence == entry.licence
        assert str(getattr(entry.source, "repository", "")) in others
        if Task.TEXT_GENERATION in entry.tasks:
            ways = (("lora", Machine(memory=0)), ("lora", ON_A_CARD), ("qlora", ON_A_CARD))
            told = [gb(training_bytes(entry, Work(tuning), where)) for tuning, where in ways]
            assert f"| {' | '.join(told)} |" in others, name
