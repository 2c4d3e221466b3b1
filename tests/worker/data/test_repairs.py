"""Repairs: a version in, the next one out, and every removed row kept with its reason."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tuneyard.specs.dataset import Profile
from tuneyard.specs.job import Budget, IngestSpec
from tuneyard.specs.repairs import Repair, RepairRequest
from tuneyard.specs.tasks import Role
from tuneyard_worker.data import ingest, passes
from tuneyard_worker.data.file_lines import FileLines
from tuneyard_worker.failures import JobFailure
from tuneyard_worker.job_directory import JobDirectory

FAMILY = "\U0001f468\u200d\U0001f469"
ROWS = [
    ["1", "I was charged twice &amp; want it back &#39;now&#39;", "billing"],
    ["2", f"Thank you \u200ball{FAMILY}", "Billing"],
    ["3", "It crashes on start", "bug"],
    ["4", "", "bug"],
    ["5", "Nobody labelled this one", " "],
    ["6", "The app\x0bfreezes", "billing "],
    ["7", "Where is my money", "billing"],
    ["8", "It does not start at all", "bug"],
]
ALL = list(Repair)


class Version:
    """A file that was read, or a version that was repaired."""

    def __init__(self, folder: Path, **spec: Any) -> None:
        folder.mkdir()
        job = JobDirectory(folder)
        ingest.run(IngestSpec(job_id="j1", filename="t.csv", budget=Budget(threads=1), **spec), job)
        self.folder = job.artifact
        self.profile = Profile.model_validate(json.loads((self.folder / "profile.json").read_text(encoding="utf-8")))

    def table(self, name: str) -> list[tuple[Any, ...]]:
        return duckdb.execute(f"SELECT * FROM '{self.folder / name}.parquet'").fetchall()

    def repaired(self, *repairs: Repair) -> "Version":
        folder = self.folder.parent.parent / f"repaired-{len(list(self.folder.parent.parent.iterdir()))}"
        request = RepairRequest(version=self.folder, number=1, repairs=list(repairs))
        return Version(folder, path=self.folder / "unused", repairs=request)


def version(folder: Path, rows: list[list[str]], names: str = "id,body,label") -> Version:
    path = folder / "upload"
    lines = [",".join(f'"{cell}"' for cell in row) for row in rows]
    path.write_text("\n".join([names, *lines]) + "\n", encoding="utf-8")
    return Version(folder / "first", path=path)


@pytest.fixture
def first(tmp_path: Path) -> Version:
    return version(tmp_path, ROWS)


def test_only_what_would_change_something_is_offered(first: Version, tmp_path: Path) -> None:
    offered = {offer.repair: offer.rows for offer in first.profile.repairs}
    assert offered == {
        Repair.DECODE_ENTITIES: 1,
        Repair.REMOVE_INVISIBLE: 2,
        Repair.UNIFY_LABELS: 2,
        Repair.REMOVE_WITHOUT_TEXT: 1,
        Repair.REMOVE_WITHOUT_LABEL: 1,
    }
    (tmp_path / "clean").mkdir()
    assert version(tmp_path / "clean", [row for row in ROWS if row[0] in "378"]).profile.repairs == []


def test_everything_is_repaired_and_the_repaired_version_stays(first: Version) -> None:
    before = {path.name: path.read_bytes() for path in first.folder.iterdir()}
    second = first.repaired(*ALL)
    assert second.table("data") == [
        ("1", "I was charged twice & want it back 'now'", "billing"),
        ("2", f"Thank you all{FAMILY}", "billing"),
        ("3", "It crashes on start", "bug"),
        ("6", "The app freezes", "billing"),
        ("7", "Where is my money", "billing"),
        ("8", "It does not start at all", "bug"),
    ]
    removed = [(line, raw, code) for line, raw, _, code, _ in second.table("removed")]
    assert removed == [(4, '"4","","bug"', "no_text"), (5, '"5","Nobody labelled this one"," "', "no_label")]
    record = second.profile.repaired
    assert record is not None
    assert (record.version, record.removed_rows, len(record.done)) == (1, 2, 5)
    lines = FileLines.read(duckdb.connect(), second.folder / "data.parquet")
    assert [lines.line_of(row) for row in range(1, 8)] == [2, 3, 4, 7, 8, 9, None]
    assert second.table("rejects") == []
    assert second.profile.repairs == []
    assert {path.name: path.read_bytes() for path in first.folder.iterdir()} == before


def test_it_tells_how_many_rows_are_done(first: Version) -> None:
    second = first.repaired(*ALL)
    lines = (second.folder.parent / "events.jsonl").read_text(encoding="utf-8").splitlines()
    told = [event["data"] for event in map(json.loads, lines) if event["type"] == "progress"]
    steps = [data["step"] for data in told if data["total_steps"] == len(ROWS)]
    assert steps == sorted(steps)
    assert steps[-1] == len(ROWS)
    assert len(set(steps)) >= 6
    fractions = [data["fraction"] for data in told]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1


def test_a_long_pass_is_told_while_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passes, "LOOK_SECONDS", 0.01)
    table = tmp_path / "t.parquet"
    told: list[float] = []
    with duckdb.connect(config={"threads": 1}) as database:
        numbers = "SELECT 'word ' || i AS word FROM range(1_000_000) t(i)"
        database.execute(f"COPY ({numbers}) TO '{table}' (FORMAT parquet, ROW_GROUP_SIZE 10240)")
        count = f"SELECT count(DISTINCT md5(word)) FROM read_parquet('{table}')"
        assert passes.Passes(database, 2, told.append).run(count).fetchone() == (1_000_000,)
    assert any(0 < share < 0.5 for share in told)
    assert told[-1] == 0.5


def test_only_the_chosen_repairs_are_done(first: Version) -> None:
    second = first.repaired(Repair.REMOVE_WITHOUT_LABEL)
    assert [row[0] for row in second.table("data")] == ["1", "2", "3", "4", "6", "7", "8"]
    assert second.table("data")[1][2] == "Billing"
    assert Repair.UNIFY_LABELS in {offer.repair for offer in second.profile.repairs}


def test_copies_go_and_say_what_they_repeat(tmp_path: Path) -> None:
    rows = [["the first text", "a"], ["another text", "b"], ["the first text", "a"], ["the first text", "b"]]
    second = version(tmp_path, rows * 2, "text,label").repaired(Repair.REMOVE_DUPLICATES)
    assert second.table("data") == [("the first text", "a"), ("another text", "b"), ("the first text", "b")]
    assert [(line, reason) for line, _, reason, _, _ in second.table("removed")] == [
        (3, "It repeats row 1 exactly."),
        (5, "It repeats row 1 exactly."),
        (6, "It repeats row 2 exactly."),
        (7, "It repeats row 1 exactly."),
        (8, "It repeats row 4 exactly."),
    ]
    assert json.loads(second.table("removed")[0][4]) == {"row": 1}


def test_it_is_refused_where_no_row_would_be_left(tmp_path: Path) -> None:
    first = version(tmp_path, [["some words to read", ""], ["other words to read", ""]], "text,label")
    roles = first.profile.model_copy(update={"suggested_columns": {Role.TEXT: "text", Role.LABEL: "label"}})
    (first.folder / "profile.json").write_text(roles.model_dump_json(), encoding="utf-8")
    with pytest.raises(JobFailure, match="No row is left"):
        first.repaired(Repair.REMOVE_WITHOUT_LABEL)
