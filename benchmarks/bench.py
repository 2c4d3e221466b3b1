"""`make bench`: speed and memory as ratios against the bare alternative, side by side in one run.

`python benchmarks/bench.py [NAME …]`; without a name all of them.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path
from typing import Any

import by_hand
import extra_environment
import httpx
import many_rows
import many_watchers
import platform_memory
import psutil
import queueing
from open_job_pages import sheet
from running_platform import (
    DATA,
    ROOT,
    attempt_seconds,
    command,
    deploy,
    fine_tune,
    running,
    spec_of,
    start,
    stop,
    upload,
    wait,
)

from tuneyard.base_models.writers import DEFAULT_WRITER as WRITER
from tuneyard.kit.config import Settings
from tuneyard.specs.tasks import SEPARATOR
from tuneyard_worker.data.chat_text import ChatText, token_ids
from tuneyard_worker.data.messages import Message
from tuneyard_worker.data.plain_tokenizer import PlainTokenizer
from tuneyard_worker.exporters.gguf_file import write_gguf

TEXT = "My card was charged twice for the same order."
# Long enough for checkpoints, and no budget of time that would hide what they cost.
TUNED = {"tuning": "full", "epochs": 2, "early_stopping_patience": 50, "time_budget_seconds": 604_800}
TAUGHT_ROWS, TURNS = 120, 2
OTHER_ENGINES = ("transformers", "transformers-bf16", "ctranslate2", "openvino-genai", "onnxruntime-genai")
EXACT, QUESTIONS = "transformers", 16
# A model that writes, taught for seconds.
TAUGHT = {
    "task": "text_generation",
    "columns": {"prompt": "prompt", "completion": "completion"},
    "base_model": WRITER,
    "hyperparameters": {"epochs": 1, "time_budget_seconds": 40, "gguf": "none", "exam_answers": 8, "answer_length": 32},
}
WATCHED_JOBS, WATCHERS, WATCHED_SECONDS = 50, 500, 30.0


def job_overhead() -> None:
    """POST of a fast job on banking77 to succeeded, against a bare script: (job - 8 s) / script, at most 1.25."""
    train = DATA / "banking77" / "train.csv"
    with running() as (api, folder):
        dataset = upload(api, train)
        _, seconds = fine_tune(api, dataset)
        bare = bare_seconds(folder, train)
    report("job / bare script", seconds / bare, f"{seconds:.1f} s against {bare:.1f} s of work")
    report("(job - 8 s start-up) / bare script", (seconds - 8) / bare, "at most 1.25")


def first_prediction() -> None:
    """Upload of 1,000 rows to the first answered prediction: at most 25 s on two cores."""
    with running() as (api, folder):
        path = folder / "thousand.csv"
        path.write_text("".join((DATA / "banking77" / "train.csv").read_text().splitlines(keepends=True)[:1001]))
        started = time.monotonic()
        job, _ = fine_tune(api, upload(api, path))
        deploy(api, "first", job["model_version_id"])
        api.post("/deployments/first/predict", json={"inputs": [TEXT]}).raise_for_status()
        seconds = time.monotonic() - started
        bare = bare_seconds(folder, path)
    report("upload to first prediction / bare script", seconds / bare, f"{seconds:.1f} s against {bare:.1f} s of work")


def side_by_side() -> None:
    """Training and 10 predictions a second on the same cores: p50 under 3 x idle, training under 1.5 x idle."""
    with running() as (api, _):
        dataset = upload(api, DATA / "banking77" / "train.csv")
        job, alone = fine_tune(api, dataset)
        deploy(api, "busy", job["model_version_id"])
        idle = latencies(api, lambda count: count < 100)
        done = threading.Event()
        took: list[float] = []

        def train() -> None:
            took.append(fine_tune(api, dataset)[1])
            done.set()

        threading.Thread(target=train).start()
        busy = latencies(api, lambda _: not done.is_set())
    report("prediction p50 while training / idle", statistics.median(busy) / statistics.median(idle), "under 3")
    report("training while predicting / idle", took[0] / alone, "under 1.5")
    report_milliseconds("idle p50", statistics.median(idle))


def supervision() -> None:
    """The same training as a job and by hand without checkpoints, in turns, each from start to end: at most 1.03."""
    jobs, bare = [], []
    with running() as (api, folder):
        dataset = upload(api, sheet(rounds=2))
        for _ in range(2):
            job = start(api, dataset, hyperparameters=TUNED)
            spec = spec_of(folder, job)
            # Asked seldom, because that costs the job too.
            job = wait(api, job, every_seconds=2)
            jobs.append(attempt_seconds(api, job))
            directory = by_hand.job_directory(spec, folder / "by-hand", checkpoints=False)
            bare.append(by_hand.seconds(directory, Settings(data_dir=folder)))
            events = api.get(f"/jobs/{job['id']}/events", params={"limit": 1000}).json()["data"]
            if by_hand.last_step(events) != by_hand.last_step(by_hand.told(directory)):
                raise RuntimeError("The job and the run by hand have not trained the same steps.")
    both = ", ".join(f"{job:.1f} s against {hand:.1f} s" for job, hand in zip(jobs, bare, strict=True))
    report("job's attempt / runner by hand", sum(jobs) / sum(bare), f"at most 1.03; {both}")


def checkpoint_writing() -> None:
    """Seconds that a training writes checkpoints / its seconds: under 0.05."""
    with running() as (api, folder):
        job = start(api, upload(api, sheet(rounds=2)), hyperparameters=TUNED)
        spec = spec_of(folder, job)
        stop(api, job)
        directory = by_hand.job_directory(spec, folder / "by-hand", checkpoints=True)
        count, wrote = by_hand.writing(directory, Settings(data_dir=folder))
        trained = by_hand.training_seconds(by_hand.told(directory))
    report(
        "writing checkpoints / training", wrote / trained, f"under 0.05; {count} in {wrote:.2f} s of {trained:.1f} s"
    )


def watchers() -> None:
    """500 event streams on 50 running jobs: the api under half a core, every event in every stream, in order, once."""
    with running() as (api, folder):
        state = json.loads((folder / "run.json").read_text())
        process = psutil.Process(next(part["pid"] for part in state["parts"] if part["name"] == "api"))
        url = state["environment"]["TUNEYARD_DATABASE_URL"]
        queueing.enqueue(url, WATCHED_JOBS)
        found = many_watchers.watch(api, process, url, WATCHERS, WATCHED_SECONDS)
    late = found.late
    report("api's share of a core / 0.5", found.share / 0.5, f"under 1; {found.share:.1%} of a core")
    report("watchers with a gap or a repeat", found.wrong, f"0 of {WATCHERS}; {len(late):,} progress events heard")
    report_milliseconds("progress heard after, median", statistics.median(late))
    report_milliseconds("progress heard after, p95", late[int(len(late) * 0.95)])


def lists() -> None:
    """p95 of lists with 100,000 jobs and 10,000 datasets against 100: at most 1.5; and of what looks at all of them."""
    with running() as (api, folder):
        many_rows.fill(folder, jobs=100, datasets=100)
        few = {path: many_rows.p95(api, path) for path in ("/jobs", "/datasets")}
        many_rows.fill(folder, jobs=99_900, datasets=9_900)
        for path, before in few.items():
            report(f"GET {path} p95, many rows / few", many_rows.p95(api, path) / before, "at most 1.5")
        for path in ("/search?q=dataset 77", "/search?q=job", "/search?q=no such name", "/activity"):
            report_milliseconds(f"GET {path} p95", many_rows.p95(api, path))


def deep_queue() -> None:
    """10,000 queued jobs against 10: claim p95 at most 2, submit p95 at most 1.5; 8 workers claim 200 a second."""
    with queueing.database() as shallow, queueing.database() as deep:
        queueing.enqueue(shallow, 10)
        queueing.enqueue(deep, 10_000)
        few, many = queueing.claim_p95s([shallow, deep])
        rate = queueing.claims_a_second(deep)
    report("claim p95, 10,000 queued / 10", many / few, f"at most 2; {many * 1000:.1f} ms against {few * 1000:.1f} ms")
    report("claims a second of 8 workers / 200", rate / 200, f"at least 1; {rate:.0f} a second")
    with running() as (api, folder):
        dataset = upload(api, DATA / "sms_spam" / "train.csv")
        command(folder, "workspaces", "set", "default", "--queue", "train", "--most-running", "0")
        url = json.loads((folder / "run.json").read_text())["environment"]["TUNEYARD_DATABASE_URL"]
        queueing.enqueue(url, 10)
        few = queueing.submit_p95(api, dataset)
        queueing.enqueue(url, 9_990)
        many = queueing.submit_p95(api, dataset)
        report("submit p95, 10,000 queued / 10", many / few, f"at most 1.5; now {many * 1000:.1f} ms")
        report_milliseconds("GET /jobs p95, 10,000 queued", many_rows.p95(api, "/jobs"))


def idle_memory() -> None:
    """Memory of all processes with one model deployed: under 1.5 GB together, the api under 250 MB."""
    with running() as (api, folder):
        job, _ = fine_tune(api, upload(api, DATA / "sms_spam" / "train.csv"))
        deploy(api, "idle", job["model_version_id"])
        api.post("/deployments/idle/predict", json={"inputs": [TEXT]}).raise_for_status()
        sizes = platform_memory.by_part(folder)
    for part, size in sizes.items():
        print(f"  {part:<14} {size / 2**20:7.0f} MB")
    report("all / 1.5 GB", sum(sizes.values()) / 1.5e9, "under 1")
    report("api / 250 MB", sizes["api"] / 250e6, "under 1")


def huge_upload() -> None:
    """A CSV of 1 GB is read: the api grows by less than 100 MB, what parses it stays under 1 GB."""
    with running() as (api, folder):
        path = folder / "huge.csv"
        rows = write_rows(path, 10**9)
        upload(api, DATA / "sms_spam" / "train.csv")
        before = platform_memory.by_part(folder)["api"]
        with platform_memory.Peaks(folder) as peaks:
            dataset = upload(api, path)
        version = api.get(f"/datasets/{dataset['id']}/versions/1").raise_for_status().json()
    report("rows read / rows written", version["rows"] / rows, "exactly 1")
    report("api's growth / 100 MB", (peaks.api - before) / 100e6, "under 1")
    report("parser / 1 GB", peaks.runner / 1e9, "under 1")


def teaching_to_write() -> None:
    """Tokens a second on instruct_small: our loop / one by hand, 0.95; packed / padded, 1.2; ours / TRL's, 2.0."""
    found: dict[str, list[float]] = {"bare": [], "packed": [], "padded": [], "trl": []}
    with tempfile.TemporaryDirectory(prefix="tuneyard-bench-") as parent:
        folder = Path(parent)
        command(folder, "models", "pull", WRITER)
        model = folder / "store" / "base_models" / WRITER
        rows = folder / "rows.jsonl"
        rows.write_text("".join(map(question_and_answer, instructions()[:TAUGHT_ROWS])))
        trl = extra_environment.interpreter(folder / "trl", "trl.lock")
        for _ in range(TURNS):
            found["bare"].append(printed("bare_writing.py", str(model), str(rows)))
            for way in ("packed", "padded"):
                found[way].append(printed("taught_writing.py", str(model), str(rows), way))
            if trl is not None:
                found["trl"].append(printed("trl_writing.py", str(model), str(rows), python=trl))
    bare, packed, padded, theirs = (sum(rates) / TURNS for rates in found.values())
    report("taught / by hand", packed / bare, f"at least 0.95; {packed:.0f} tokens a second against {bare:.0f}")
    report("packed / padded", packed / padded, f"at least 1.2; {packed:.0f} tokens a second against {padded:.0f}")
    if theirs:
        report("taught / TRL", packed / theirs, f"at least 2.0; {packed:.0f} tokens a second against {theirs:.0f}")
    else:
        print("  The package index does not give TRL: nothing to compare with.")


def writing_service() -> None:
    """Serving SmolLM2-135M: eight streams / one, 3; eight of 50 adapters / eight of one, 0.8; first token; new adapter.

    The first token at most 5 ms after that of the engine by itself; a new adapter takes traffic within 5 s.
    """
    with running() as (api, folder):
        command(folder, "models", "pull", WRITER)
        base = folder / "store" / "base_models" / WRITER
        found = figures("writing_engine.py", str(base))
        rows = folder / "rows.jsonl"
        rows.write_text("".join(map(question_and_answer, instructions()[:40])))
        job, _ = fine_tune(api, upload(api, rows), **TAUGHT)
        chat(api, WRITER)
        started = time.monotonic()
        deploy(api, "taught", job["model_version_id"])
        chat(api, "taught")
        seconds = time.monotonic() - started
        (adapter,) = {path.parent for path in (folder / "store").glob("**/adapter/adapter_config.json")}
        first = {
            "base model": first_token(api, folder, WRITER, base),
            "adapter": first_token(api, folder, "taught", adapter.parent / "model", adapter),
        }
    report("eight streams / one", found["eight"] / found["one"], f"at least 3; {found['eight']:.0f} tokens a second")
    report(
        "eight adapters of 50 / one adapter",
        found["mixed_share"],
        f"at least 0.8; {found['mixed']:.0f} tokens a second",
    )
    report(
        "next turn of a chat of 400 tokens / read from its beginning",
        found["next_turn"] / found["whole"],
        f"{found['next_turn']:.0f} ms to the first token against {found['whole']:.0f} ms",
    )
    for name, took in first.items():
        turns = list(zip(took["through"], took["engine"], took["words"], strict=True))
        more = statistics.median(through - engine - words for through, engine, words in turns)
        engine, words = statistics.median(took["engine"]), statistics.median(took["words"])
        note = (
            f"at most 1; {more:.1f} ms more than the engine by itself, which takes {words:.1f} ms to make tokens of "
            f"the messages and {engine:.1f} ms for the first of its own, in the median of the turns"
        )
        report(f"first token, {name}: more / 5 ms", more / 5, note)
    report("new adapter to its first answer / 5 s", seconds / 5, f"at most 1; {seconds:.1f} s")


def writing_engines() -> None:
    """Tokens a second of one text and of eight, SmolLM2-135M, and how true: ours against others, each as it comes."""
    found: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory(prefix="tuneyard-bench-") as parent:
        folder = Path(parent)
        command(folder, "models", "pull", WRITER)
        model = folder / "store" / "base_models" / WRITER
        gguf, asked = folder / "model.gguf", folder / "questions.json"
        write_gguf(model, gguf, "q8_0", WRITER, [2])
        ends = write_questions(model, asked)
        python = extra_environment.interpreter(folder / "others", "engines.lock")
        if python is None:
            print("  The package index does not give the other engines: nothing to compare with.")
            return
        for name in OTHER_ENGINES:
            found[name] = figures("other_engines.py", name, str(model), str(gguf), str(asked), python=python)
        ours = figures("writing_engine.py", str(model), str(asked))
    expected = [list(takewhile(lambda token: token not in ends, each)) for each in found[EXACT]["answers"]]
    for name, theirs in (found | {"ours": ours}).items():
        share = alike(theirs["answers"], expected)
        report(f"{name}, as {EXACT} in 32 bits", share, "of the tokens of its answers, up to the first that differs")
    for name, theirs in found.items():
        for count in ("one", "eight"):
            note = f"{ours[count]:.0f} tokens a second against {theirs[count]:.0f}; ready in {theirs['ready']:.0f} s"
            report(f"ours / {name}, {count}", ours[count] / theirs[count], note)


def write_questions(model: Path, file: Path) -> frozenset[int]:
    """Questions as token ids, to `file`; the tokens that end an answer."""
    plain = PlainTokenizer(model)
    words = ChatText(plain)
    asked = [row["instruction"] for row in instructions() if not row["input"]][:QUESTIONS]
    pieces = [words.question([Message("user", text)]) for text in asked]
    file.write_text(json.dumps([[token for piece in each for token in token_ids(piece, plain)] for each in pieces]))
    return frozenset(words.stop_ids)


def alike(answers: list[list[int]], expected: list[list[int]]) -> float:
    """The share of the expected tokens that come before the first that differs, over all answers."""
    pairs = [zip(answer, wanted, strict=False) for answer, wanted in zip(answers, expected, strict=True)]
    before = sum(len(list(takewhile(lambda both: both[0] == both[1], pair))) for pair in pairs)
    return before / sum(map(len, expected))


def chat(api: httpx.Client, model: str) -> None:
    """Ask for one token."""
    body = {"model": model, "messages": [{"role": "user", "content": TEXT}], "max_tokens": 1}
    api.post(str(api.base_url.join("/v1/chat/completions")), json=body).raise_for_status()


def first_token(api: httpx.Client, folder: Path, model: str, *folders: Path) -> dict[str, list[float]]:
    """Milliseconds of each turn: `through` the api, of the `engine`, and for its `words`; see first_token.py."""
    (graph,) = (folder / "graphs").iterdir()
    key = api.headers["authorization"].removeprefix("Bearer ")
    return figures("first_token.py", str(api.base_url.join("/")), key, model, str(graph), *map(str, folders))


def instructions() -> list[dict[str, str]]:
    lines = (DATA / "instruct_small" / "train.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def question_and_answer(row: dict[str, str]) -> str:
    """A line of JSON."""
    prompt = SEPARATOR.join(part for part in (row["instruction"], row["input"]) if part)
    return json.dumps({"prompt": prompt, "completion": row["output"]}) + "\n"


def write_rows(path: Path, size: int) -> int:
    """Rows of two columns until the file has `size` bytes; how many."""
    lines = [
        f'{number},"{TEXT} He said ""now"", {number * 7}",{"billing" if number % 3 else "other"}'
        for number in range(1000)
    ]
    block = ("\n".join(lines) + "\n").encode()
    blocks = size // len(block) + 1
    with path.open("wb") as file:
        file.write(b"id,text,label\n")
        for _ in range(blocks):
            file.write(block)
    return blocks * len(lines)


def latencies(api: httpx.Client, more: Callable[[int], bool]) -> list[float]:
    """Seconds of each prediction, ten a second."""
    found: list[float] = []
    while more(len(found)):
        started = time.monotonic()
        api.post("/deployments/busy/predict", json={"inputs": [TEXT]}).raise_for_status()
        found.append(time.monotonic() - started)
        time.sleep(max(0.0, 0.1 - found[-1]))
    return found


def bare_seconds(folder: Path, train: Path) -> float:
    """Seconds of work of the bare script."""
    return printed("bare_script.py", str(folder / "store" / "base_models" / "all-minilm-l6-v2"), str(train))


def printed(script: str, *arguments: str, python: str | Path = sys.executable) -> float:
    """The number that a script of this folder prints last."""
    return float(last_line(script, *arguments, python=python))


def figures(script: str, *arguments: str, python: str | Path = sys.executable) -> dict[str, Any]:
    """What a script of this folder prints last, in JSON."""
    found: dict[str, Any] = json.loads(last_line(script, *arguments, python=python))
    return found


def last_line(script: str, *arguments: str, python: str | Path) -> str:
    """What a script of this folder prints last."""
    command = [str(python), str(ROOT / "benchmarks" / script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1]


def report(name: str, ratio: float, note: str) -> None:
    print(f"{name:<45} {ratio:6.2f}   {note}", flush=True)


def report_milliseconds(name: str, seconds: float) -> None:
    print(f"{name:<45} {seconds * 1000:6.1f} ms", flush=True)


ALL = (
    job_overhead,
    first_prediction,
    side_by_side,
    supervision,
    checkpoint_writing,
    watchers,
    lists,
    deep_queue,
    idle_memory,
    huge_upload,
    teaching_to_write,
    writing_service,
    writing_engines,
)
BENCHMARKS = {bench.__name__: bench for bench in ALL}

if __name__ == "__main__":
    for name in sys.argv[1:] or BENCHMARKS:
        print(f"== {name}: {BENCHMARKS[name].__doc__}")
        BENCHMARKS[name]()
