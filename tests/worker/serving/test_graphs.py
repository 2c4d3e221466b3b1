"""Graphs stay on disk as long as somebody may need them."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from test_serving_app import until

from tiny_llama import write_tiny_llama
from tuneyard.base_models.service import pull
from tuneyard.kit.storage import Store, StoreUnavailable
from tuneyard_worker.exporters.decoder_files import FORM
from tuneyard_worker.serving.writing.graphs import UNUSED_SECONDS

Start = Callable[..., TestClient]
GONE, NEW = "a" * 64, "b" * 64


def quiet(*_: object) -> None:
    pass


@pytest.fixture
def graphs(tmp_path: Path) -> Path:
    return tmp_path / "data" / "graphs"


@pytest.fixture
def base_sha256(tmp_path: Path, store: Path) -> str:
    """Of a base model in the store."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    return pull(Store(store), "tiny", str(write_tiny_llama(folder)), quiet)[0].sha256


def age(graph: Path) -> None:
    """Let it not have been used for long."""
    before = time.time() - UNUSED_SECONDS - 60
    os.utime(graph, (before, before))


def keep_a_graph(graphs: Path, name: str) -> None:
    (graphs / name).mkdir(parents=True)
    (graphs / name / "decoder.json").write_text("{}")


def kept(graphs: Path) -> set[str]:
    return {graph.name for graph in graphs.iterdir()}


def test_those_that_nobody_needs_go_and_no_other(start: Start, graphs: Path, base_sha256: str) -> None:
    names = [f"{base_sha256}-{FORM}", f"{base_sha256}-0", f"{GONE}-{FORM}", f"{NEW}-{FORM}"]
    for name in names:
        keep_a_graph(graphs, name)
    for name in names[:3]:
        age(graphs / name)
    start()
    until(lambda: kept(graphs) == {names[0], names[3]})


def test_none_goes_that_is_in_use(start: Start, graphs: Path, store: Path, base_sha256: str) -> None:
    client = start()
    assert client.post("/base-models/tiny/write", json={"prompt": "Hi", "most": 2}).status_code == 200
    shutil.rmtree(store / "base_models" / "tiny")
    graph = graphs / f"{base_sha256}-{FORM}"
    age(graph)
    assert client.portal is not None
    client.portal.call(client.app.state.versions.sweep)  # type: ignore[attr-defined]
    assert graph.is_dir()


def test_none_goes_while_it_is_not_known_what_is_needed(
    start: Start, graphs: Path, base_sha256: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> list[str]:
        raise StoreUnavailable("The bucket does not answer.")

    monkeypatch.setattr(Store, "names", away)
    keep_a_graph(graphs, f"{GONE}-{FORM}")
    age(graphs / f"{GONE}-{FORM}")
    client = start()
    client.get("/status")
    time.sleep(0.5)
    assert kept(graphs) == {f"{GONE}-{FORM}"}
