"""vLLM as an engine, against a stand-in for its HTTP API written after its source: no card, no vLLM behind it."""

import asyncio
import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from fake_vllm import FakeVllm, error, piece, running

from coroutines import run
from tiny_llama import write_tiny_llama
from tuneyard.kit.config import Settings
from tuneyard.kit.storage import open_store
from tuneyard_worker.serving.app import create_app
from tuneyard_worker.serving.engines import guarded
from tuneyard_worker.serving.engines.grammar import SchemaRefused
from tuneyard_worker.serving.engines.vllm_server import Launch, VllmServer, environment
from tuneyard_worker.serving.engines.vllm_writer import VllmWriter
from tuneyard_worker.serving.engines.writing import Likelihood, Order, Token, Wishes
from tuneyard_worker.serving.errors import QueueFull, Unwritable, VersionNotReady
from tuneyard_worker.serving.lifetimes import when_gone
from tuneyard_worker.serving.writing import engine_kinds
from tuneyard_worker.serving.writing.schemas import Part, WriteRequest
from tuneyard_worker.serving.writing.sources import Source
from tuneyard_worker.serving.writing.writers import Writers

ROOM, VOCABULARY, END = 96, 100, 2
SCHEMA = {"type": "object"}
# What it stands for in a process that answers /health, or says why it can't.
PROGRAM = """
import sys, http.server
if sys.argv[1] == "fails":
    print("INFO reading"); sys.exit("ValueError: No available memory for the cache blocks")
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/health" else 404); self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


@pytest.fixture
def vllm() -> Iterator[FakeVllm]:
    with running(FakeVllm()) as fake:
        yield fake


def with_writer(vllm: FakeVllm, scenario: Callable[[VllmWriter], Coroutine[Any, Any, Any]]) -> Any:
    async def whole() -> Any:
        writer = VllmWriter(vllm, ROOM, VOCABULARY)
        try:
            return await scenario(writer)
        finally:
            await writer.close()

    return run(whole())


def order(most: int = 2, wishes: Wishes = Wishes(), adapter: Any = None) -> Order:  # noqa: B008 - it is frozen
    return Order([5, 6], most, frozenset({END, 3}), wishes, adapter)


def written(vllm: FakeVllm, asked: Order) -> list[Token]:
    async def scenario(writer: VllmWriter) -> list[Token]:
        return [token async for token in writer.write(asked)]

    return with_writer(vllm, scenario)


def test_an_order_is_asked_in_words_of_vllm(vllm: FakeVllm) -> None:
    wishes = Wishes(0.5, 0.9, 4, 0.25, -0.5, {7: 3.0, VOCABULARY: 100.0}, logprobs=2)
    vllm.pieces = [piece(7, 9, finish="length", logprobs=logprobs_of(7, 9))]
    written(vllm, replace(order(wishes=wishes), workspace="ws_1"))
    assert vllm.asked == [
        (
            "/v1/completions",
            {
                "model": "base",
                "prompt": [5, 6],
                "max_tokens": 2,
                "stream": True,
                "temperature": 0.5,
                "top_p": 0.9,
                "presence_penalty": 0.25,
                "frequency_penalty": -0.5,
                "stop_token_ids": [END, 3],
                "ignore_eos": True,
                "include_stop_str_in_output": True,
                "return_token_ids": True,
                "return_tokens_as_token_ids": True,
                "cache_salt": "ws_1",
                "seed": 4,
                "logprobs": 2,
                "logit_bias": {"7": 3.0},
            },
        )
    ]


def logprobs_of(*ids: int) -> dict[str, Any]:
    """As for `logprobs: 2`: the chosen token first, then the likeliest, of which it may be one."""
    return {
        "text_offset": [0] * len(ids),
        "token_logprobs": [-1.5] * len(ids),
        "tokens": [f"token_id:{each}" for each in ids],
        "top_logprobs": [{f"token_id:{each}": -1.5, "token_id:40": -0.5, "token_id:41": -1.0} for each in ids],
    }


def test_tokens_come_one_by_one_with_the_one_that_stops(vllm: FakeVllm) -> None:
    first = piece(7, 8, prompt_token_ids=[5, 6])
    vllm.pieces = [first, piece(), piece(END, finish="stop")]
    assert written(vllm, order(most=20)) == [Token(7), Token(8), Token(END)]


def test_what_some_take_for_the_end_of_a_line_ends_no_piece(vllm: FakeVllm) -> None:
    first = piece(7, text="one\u2028two\x85three")
    vllm.pieces = [json.dumps(first, ensure_ascii=False), piece(9, finish="length")]
    assert written(vllm, order()) == [Token(7), Token(9)]


def test_likelihoods_are_sorted_and_as_many_as_were_wanted(vllm: FakeVllm) -> None:
    vllm.pieces = [piece(7, finish="length", logprobs=logprobs_of(7))]
    (token,) = written(vllm, order(most=1, wishes=Wishes(logprobs=2)))
    assert token == Token(7, -1.5, (Likelihood(40, -0.5), Likelihood(41, -1.0)))
    vllm.pieces = [piece(7, finish="length", logprobs=logprobs_of(7))]
    (token,) = written(vllm, order(most=1, wishes=Wishes(logprobs=0)))
    assert token == Token(7, -1.5)


def test_a_schema_ends_a_text_with_whatever_token_says_so(vllm: FakeVllm) -> None:
    vllm.pieces = [piece(7), piece(50, finish="stop")]
    assert written(vllm, order(most=20, wishes=Wishes(schema=SCHEMA)))[-1] == Token(50, ends=True)
    ((_, body),) = vllm.asked
    assert body["structured_outputs"] == {"json": SCHEMA}
    assert body["ignore_eos"] is False


def test_adapters_are_loaded_asked_by_name_and_forgotten(vllm: FakeVllm, tmp_path: Path) -> None:
    async def scenario(writer: VllmWriter) -> None:
        one, two = await writer.load(tmp_path / "one"), await writer.load(tmp_path / "two")
        assert vllm.adapters == {"adapter-1": str(tmp_path / "one"), "adapter-2": str(tmp_path / "two")}
        for adapter in (two, one):
            assert [token.id async for token in writer.write(order(adapter=adapter))] == [7, 9]
        await writer.forget(one)
        assert list(vllm.adapters) == ["adapter-2"]

    with_writer(vllm, scenario)
    assert vllm.asked[0] == (
        "/v1/load_lora_adapter",
        {"lora_name": "adapter-1", "lora_path": str(tmp_path / "one")},
    )
    assert [body["model"] for path, body in vllm.asked if path == "/v1/completions"] == ["adapter-2", "adapter-1"]
    assert vllm.asked[-1] == ("/v1/unload_lora_adapter", {"lora_name": "adapter-1"})
    assert vllm.stopped


@pytest.mark.parametrize(
    ("status", "message"),
    [(400, "adapter_config.json is not right."), (500, "LoRA rank 128 is greater than max_lora_rank 64.")],
)
def test_an_adapter_that_does_not_fit_is_refused(vllm: FakeVllm, tmp_path: Path, status: int, message: str) -> None:
    vllm.refusal = (status, error(message, "InternalServerError", status))
    with pytest.raises(ValueError, match=message.rstrip(".")):
        with_writer(vllm, lambda writer: writer.load(tmp_path))


def test_a_server_that_was_started_again_is_told_of_the_adapter_once(vllm: FakeVllm, tmp_path: Path) -> None:
    async def scenario(writer: VllmWriter) -> None:
        adapter = await writer.load(tmp_path)
        vllm.restart()
        await asyncio.gather(*(one(writer, order(adapter=adapter)) for _ in range(3)))

    async def one(writer: VllmWriter, asked: Order) -> list[Token]:
        return [token async for token in writer.write(asked)]

    with_writer(vllm, scenario)
    assert [path for path, _ in vllm.asked].count("/v1/load_lora_adapter") == 2


def test_leaving_a_text_hangs_up(vllm: FakeVllm) -> None:
    vllm.endless = True

    async def scenario(writer: VllmWriter) -> None:
        tokens = writer.write(order(most=90))
        assert (await anext(tokens)).id == 7
        assert writer.waiting == 0
        await tokens.aclose()

    with_writer(vllm, scenario)
    assert vllm.hung_up.wait(5)


REFUSALS = [
    (429, Wishes(), QueueFull, "waiting"),
    (503, Wishes(), QueueFull, "waiting"),
    (400, Wishes(schema=SCHEMA), SchemaRefused, "It is not right"),
    (400, Wishes(), Unwritable, "It is not right"),
    (500, Wishes(), RuntimeError, "vLLM answered 500: It is not right"),
]


@pytest.mark.parametrize(("status", "wishes", "refused", "words"), REFUSALS)
def test_a_refusal_is_told_in_words_of_the_house(
    vllm: FakeVllm, status: int, wishes: Wishes, refused: type[Exception], words: str
) -> None:
    body = error("It is not right.", "BadRequestError", status)
    vllm.refusal = (status, body)
    with pytest.raises(refused, match=words):
        written(vllm, order(wishes=wishes))
    vllm.refusal, vllm.pieces = None, [json.dumps(body)]
    with pytest.raises(refused, match=words):
        written(vllm, order(wishes=wishes))


def test_a_text_that_breaks_off_is_not_taken_for_a_whole_one(vllm: FakeVllm) -> None:
    vllm.pieces = [piece(7)]
    with pytest.raises(VersionNotReady, match="broke"):
        written(vllm, order(most=9))
    vllm.url = "http://127.0.0.1:9"
    with pytest.raises(VersionNotReady, match="broke"):
        written(vllm, order())


def test_the_command_line(tmp_path: Path) -> None:
    launch = Launch(Path("/opt/vllm/bin/python"), tmp_path, room=4096, cache_bytes=2**30, most_waiting=256)
    assert " ".join(launch.command(4711)) == (
        f"/opt/vllm/bin/python -m vllm.entrypoints.cli.main serve {tmp_path} --enable-lora "
        "--disable-uvicorn-access-log --served-model-name base --host 127.0.0.1 --port 4711 --max-model-len 4096 "
        "--max-num-seqs 64 --max-num-queued-reqs 320 --kv-cache-memory-bytes 1073741824 --gpu-memory-utilization 0.05 "
        "--max-lora-rank 64 --max-loras 8 --max-cpu-loras 64 --generation-config vllm "
        '--structured-outputs-config {"backend": "guidance", "disable_any_whitespace": true}'
    )


def test_it_calls_nobody_and_knows_no_secret() -> None:
    told = environment({"PATH": "/bin", "TUNEYARD_SERVICE_TOKEN": "s" * 32, "PYTHONPATH": "/ours"})
    assert told == {
        "PATH": "/bin",
        "VLLM_ALLOW_RUNTIME_LORA_UPDATING": "True",
        "VLLM_NO_USAGE_STATS": "1",
        "VLLM_DO_NOT_TRACK": "1",
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
    }


@pytest.fixture
def program(tmp_path: Path) -> str:
    """A program that stands for vLLM as a process."""
    path = tmp_path / "stands_for_vllm.py"
    path.write_text(PROGRAM)
    return str(path)


def test_a_server_starts_again_after_it_was_killed_and_stops(program: str) -> None:
    async def scenario() -> tuple[int, int]:
        server = VllmServer(lambda port: [sys.executable, program, str(port)])
        await server.ready()
        await server.ready()
        assert server._process
        os.kill(server._process.pid, signal.SIGKILL)
        await server._process.wait()
        await server.ready()
        starts, process = server.starts, server._process
        await server.stop()
        return starts, process.returncode or 0

    starts, ended = run(scenario())
    assert starts == 2
    assert ended == -signal.SIGTERM


def test_why_a_server_does_not_start_is_told(program: str) -> None:
    server = VllmServer(lambda port: [sys.executable, program, "fails"])
    with pytest.raises(VersionNotReady, match="vLLM did not start: ValueError: No available memory"):
        run(server.ready())


def test_a_server_ends_with_its_parent(program: str) -> None:
    parent = (
        "import os, subprocess, sys, time\n"
        f"command = [sys.executable, '-m', {guarded.MODULE!r}, str(os.getpid()), sys.executable, {program!r}, '0']\n"
        "print(subprocess.Popen(command).pid, flush=True)\n"
        "time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        child = int(process.stdout.readline())
        # It has become the program by then, so the kernel has been told.
        until(lambda: guarded.MODULE not in (told := Path(f"/proc/{child}/cmdline").read_text()) and program in told)
        process.kill()
    until(lambda: not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE)


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_what_nobody_uses_any_more_is_ended() -> None:
    class Thing:
        pass

    async def scenario() -> bool:
        done = asyncio.Event()

        async def work() -> None:
            done.set()

        thing = Thing()
        when_gone(thing, work)
        await asyncio.sleep(0)
        assert not done.is_set()
        del thing
        gc.collect()
        await asyncio.wait_for(done.wait(), 5)
        return True

    assert run(scenario())


def test_versions_share_a_server_until_none_is_left(
    vllm: FakeVllm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "base"
    folder.mkdir()
    write_tiny_llama(folder)
    commands: list[list[str]] = []
    monkeypatch.setattr(engine_kinds, "VllmServer", lambda command: commands.append(command(4711)) or vllm)

    def source(name: str) -> Source:
        adapter = tmp_path / name
        adapter.mkdir()
        (adapter / "adapter_model.safetensors").write_bytes(b"weights")
        return Source(name, "sha", lambda: folder, lambda: folder, lambda: adapter)

    async def until_done(condition: Callable[[], bool]) -> None:
        while not condition():
            gc.collect()
            await asyncio.sleep(0.01)

    async def scenario() -> None:
        settings = Settings(data_dir=tmp_path, service_token="t" * 32)
        with ThreadPoolExecutor(1) as computer:
            kind = engine_kinds.VllmEngines(settings, computer)
        writers = Writers(open_store(settings), kind, 2**30)
        one, two = await writers.load(source("one")), await writers.load(source("two"))
        assert one.engine is two.engine
        assert one.words is two.words
        found = [part async for part in two.parts(WriteRequest(prompt="Hi", most=2))]
        assert [part.finish_reason for part in found[:-1] if isinstance(part, Part)] == [None, "length"]
        del one
        await asyncio.wait_for(until_done(lambda: list(vllm.adapters) == ["adapter-2"]), 10)
        assert not vllm.stopped
        del two, found
        await asyncio.wait_for(until_done(lambda: vllm.stopped), 10)

    run(scenario())
    ((python, _, _, _, held, *_),) = commands
    assert (python, held) == (sys.executable, str(folder))
    assert [body["model"] for path, body in vllm.asked if path == "/v1/completions"] == ["adapter-2"]


@pytest.mark.parametrize(
    ("wanted", "package", "card", "kind"),
    [
        ("auto", True, "NVIDIA A10", engine_kinds.VllmEngines),
        ("auto", True, None, engine_kinds.OnnxEngines),
        ("auto", False, "NVIDIA A10", engine_kinds.OnnxEngines),
        ("onnx", True, "NVIDIA A10", engine_kinds.OnnxEngines),
        ("vllm", True, None, engine_kinds.VllmEngines),
    ],
)
def test_the_engine_is_that_of_the_machine_unless_one_is_wanted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wanted: Any, package: bool, card: str | None, kind: type
) -> None:
    monkeypatch.setattr(engine_kinds, "graphics_card", lambda: card)
    found = tmp_path / "site" / "vllm"
    (found if package else tmp_path).mkdir(parents=True, exist_ok=True)
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={found.parent} exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    settings = Settings(data_dir=tmp_path, writing_engine=wanted, vllm_python=python)
    assert engine_kinds.chosen_engines(settings) is kind


def test_an_engine_that_is_missing_is_told_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(engine_kinds.EngineMissing, match="Set TUNEYARD_VLLM_PYTHON to the Python of"):
        create_app(Settings(data_dir=tmp_path, service_token="t" * 32, writing_engine="vllm"))
