"""Datasets and their versions through the front door."""

import csv
import io
import time
from collections.abc import Callable

import duckdb
import pytest
from dataset_factory import CSV, Publisher, upload
from fastapi.testclient import TestClient
from workspaces import MakeWorkspace, WorkspaceUnderTest, services

from tuneyard.datasets import service
from tuneyard.datasets.errors import DatasetNotReady
from tuneyard.jobs import service as jobs
from tuneyard.kit.errors import NotFound
from tuneyard.kit.queue import Queue
from tuneyard.specs.events import JobError
from tuneyard.specs.job import JobKind

StoredFiles = Callable[[], list[str]]
DATASETS = "/api/v1/datasets"


def test_a_dataset_becomes_ready_with_its_first_version(client: TestClient, publisher: Publisher) -> None:
    made = upload(client)
    early = client.get(f"{DATASETS}/{made['id']}/versions/1")
    assert early.status_code == 409
    assert early.json()["error"]["code"] == "dataset_not_ready"
    publisher.publish(made["id"], [["a", "b"], ["c", "d"]])
    ready = client.get(f"{DATASETS}/{made['id']}").json()
    assert (ready["status"], ready["latest_version"]) == ("ready", 1)
    version = client.get(f"{DATASETS}/{made['id']}/versions/1").json()
    assert (version["number"], version["rows"], version["rejected_rows"]) == (1, 2, 0)
    assert (version["encoding"], version["delimiter"], version["header"]) == ("utf-8", ",", True)
    assert [column["name"] for column in version["columns"]] == ["text", "label"]
    assert version["suggested_task"] == "text_classification"
    assert version["suggested_columns"] == {"text": "text"}
    assert version["questions"][0]["code"] == "header"
    report = client.get(f"{DATASETS}/{made['id']}/versions/1/report").json()
    assert report["blank_rows"] == 3
    assert report["findings"][0]["code"] == "duplicate_rows"
    assert version["columns"][0]["examples"] == ["a\ufffdb"]
    for number in (0, 2, 2**31, 2**70):
        assert client.get(f"{DATASETS}/{made['id']}/versions/{number}").status_code == 404


def test_a_file_that_can_not_be_read_makes_a_dataset_fail_but_not_one_with_a_version(
    client: TestClient, workspace: WorkspaceUnderTest, publisher: Publisher
) -> None:
    made = upload(client)
    error = JobError(code="not_a_table", message="Line 3 has no end.", hint="Close the quote.")
    database = services(workspace.app).database

    def fail() -> None:
        with database.workspace(workspace.id) as session:
            service.ingest_failed(session, workspace_id=workspace.id, dataset_id=made["id"], error=error)

    fail()
    failed = client.get(f"{DATASETS}/{made['id']}").json()
    assert failed["status"] == "failed"
    assert failed["error"]["message"] == "Line 3 has no end."
    refused = client.get(f"{DATASETS}/{made['id']}/versions/1").json()["error"]
    assert refused["code"] == "dataset_not_ready"
    assert refused["message"].endswith("could not be read. Line 3 has no end. Close the quote.")
    assert client.post(f"{DATASETS}/{made['id']}/versions", json={"quote": ""}).json()["status"] == "processing"
    publisher.publish(made["id"], [["a", "b"]])
    fail()
    still = client.get(f"{DATASETS}/{made['id']}").json()
    assert (still["status"], still["error"]["code"]) == ("ready", "not_a_table")


def test_lists_have_pages_and_can_be_asked_for_a_name(client: TestClient, publisher: Publisher) -> None:
    made = [upload(client, filename=f"{number}.csv") for number in range(3)]
    first = client.get(DATASETS, params={"limit": 2}).json()
    assert [dataset["name"] for dataset in first["data"]] == ["2", "1"]
    second = client.get(DATASETS, params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [dataset["name"] for dataset in second["data"]] == ["0"]
    assert second["next_cursor"] is None
    assert [found["id"] for found in client.get(DATASETS, params={"name": "1"}).json()["data"]] == [made[1]["id"]]
    for _ in range(2):
        publisher.publish(made[0]["id"], [["a", "b"]])
    versions = client.get(f"{DATASETS}/{made[0]['id']}/versions", params={"limit": 1}).json()
    assert [version["number"] for version in versions["data"]] == [2]
    assert versions["next_cursor"]


def test_a_dataset_can_be_renamed_to_a_free_name_only(client: TestClient) -> None:
    first, second = upload(client), upload(client)
    address = f"{DATASETS}/{second['id']}"
    assert client.patch(address, json={"name": " 客服工单 "}).json()["name"] == "客服工单"
    taken = client.patch(address, json={"name": first["name"]})
    assert taken.status_code == 409
    assert taken.json()["error"]["code"] == "name_taken"
    assert client.get(address).json()["name"] == "客服工单"
    for wrong in ("", "  ", "a\nb", "x" * 201):
        assert client.patch(address, json={"name": wrong}).status_code == 422


def test_deleting_a_dataset_deletes_its_files(
    client: TestClient, publisher: Publisher, stored_files: StoredFiles, workspace: WorkspaceUnderTest
) -> None:
    made, other = upload(client), upload(client)
    publisher.publish(made["id"], [["a", "b"]])
    publisher.publish(other["id"], [["a", "b"]])
    assert len(stored_files()) == 6
    assert client.delete(f"{DATASETS}/{made['id']}").status_code == 204
    assert client.get(f"{DATASETS}/{made['id']}").status_code == 404
    assert len(stored_files()) == 3
    job = client.get(f"/api/v1/jobs/{made['job_id']}").json()
    assert job["dataset_id"] is None
    with services(workspace.app).database.workspace(workspace.id) as session:
        service.ingest_failed(
            session, workspace_id=workspace.id, dataset_id=made["id"], error=JobError(code="x", message="x")
        )


def test_a_dataset_that_a_model_learns_from_is_kept(
    client: TestClient, publisher: Publisher, workspace: WorkspaceUnderTest, stored_files: StoredFiles
) -> None:
    made = upload(client)
    version = publisher.publish(made["id"], [["a", "b"]])
    held = services(workspace.app)
    with held.database.workspace(workspace.id) as session:
        jobs.submit(
            session,
            held.doorbell,
            workspace_id=workspace.id,
            kind=JobKind.FINE_TUNE,
            name="intents",
            spec={},
            queue=Queue.TRAIN,
            dataset_id=made["id"],
            dataset_version_id=version.id,
        )
    before = stored_files()
    answer = client.delete(f"{DATASETS}/{made['id']}")
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "dataset_in_use"
    assert "1 job ('intents')" in answer.json()["error"]["message"]
    uses = client.get(f"{DATASETS}/{made['id']}/uses").json()
    assert uses["count"] == 1
    assert [use["name"] for use in uses["data"]] == ["intents"]
    assert stored_files() == before
    assert client.get(f"{DATASETS}/{made['id']}").json()["status"] == "ready"


def test_rows_come_in_the_order_of_the_file_with_their_numbers(client: TestClient, publisher: Publisher) -> None:
    made = upload(client)
    publisher.publish(
        made["id"], [["a", "1"], [None, ""], ["<img onerror=x>", "001"], ["长" * 50, "NA"]], names=['te"xt', "la bel"]
    )
    address = f"{DATASETS}/{made['id']}/versions/1/rows"
    page = client.get(address).json()
    assert (page["columns"], page["total"], page["offset"]) == (['te"xt', "la bel"], 4, 0)
    assert [row["row"] for row in page["rows"]] == [1, 2, 3, 4]
    assert page["rows"][1]["values"] == [None, ""]
    assert page["rows"][2]["values"] == ["<img onerror=x>", "001"]
    part = client.get(address, params={"offset": 2, "limit": 1, "cell_limit": 10}).json()
    assert part["rows"] == [{"row": 3, "values": ["<img onerr", "001"], "cut": True}]
    assert client.get(address, params={"offset": 99}).json()["rows"] == []
    assert client.get(address, params={"limit": 1001}).status_code == 422
    assert client.get(address, params={"offset": -1}).status_code == 422


def test_any_page_of_many_rows_is_quick(client: TestClient, publisher: Publisher) -> None:
    made = upload(client)
    query = "SELECT 'text number ' || i AS text, 'label' || (i % 77) AS label FROM range(100000) t(i)"
    publisher.publish_query(made["id"], query, 100_000, ["text", "label"])
    address = f"{DATASETS}/{made['id']}/versions/1/rows"
    for offset in (0, 50_000, 99_950):
        started = time.perf_counter()
        page = client.get(address, params={"offset": offset, "limit": 50}).json()
        assert time.perf_counter() - started < 2
        assert page["total"] == 100_000
        assert page["rows"][49] == {
            "row": offset + 50,
            "values": [f"text number {offset + 49}", f"label{(offset + 49) % 77}"],
            "cut": False,
        }


def test_rows_that_need_too_much_memory_are_refused(client: TestClient, publisher: Publisher) -> None:
    made = upload(client)
    publisher.publish_query(made["id"], "SELECT repeat('x', 900000) || i AS text FROM range(500) t(i)", 500, ["text"])
    for path in ("rows?limit=500&cell_limit=1000000", "download?format=csv"):
        refused = client.get(f"{DATASETS}/{made['id']}/versions/1/{path}")
        assert refused.status_code == 413
        assert refused.json()["error"]["code"] == "page_too_large"


def test_rejected_lines_are_shown_in_pages(client: TestClient, publisher: Publisher) -> None:
    made = upload(client)
    rejects = [(line, f"raw {line}", "Too many cells.") for line in range(2, 12)]
    publisher.publish(made["id"], [["a", "b"]], rejects=rejects)
    address = f"{DATASETS}/{made['id']}/versions/1/rejects"
    page = client.get(address, params={"offset": 8, "limit": 5}).json()
    assert (page["total"], page["offset"]) == (10, 8)
    assert page["rejects"][0] == {
        "line": 10,
        "raw": "raw 10",
        "reason": "Too many cells.",
        "code": "wrong_width",
        "details": {"cells": 3, "expected": 2},
    }
    assert len(page["rejects"]) == 2


def test_no_cell_of_a_csv_is_run_by_a_spreadsheet(client: TestClient, publisher: Publisher) -> None:
    dangerous = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\x00x", "＝1"]
    made = upload(client)
    rows: list[list[str | None]] = [*([cell, "plain"] for cell in dangerous), ['a "b", c\nd', None]]
    publisher.publish(made["id"], rows, names=["=cmd", "label"])
    answer = client.get(f"{DATASETS}/{made['id']}/versions/1/download")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    read = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert read == [["'=cmd", "label"], *([f"'{cell}", "plain"] for cell in dangerous), ['a "b", c\nd', ""]]


def test_a_large_csv_has_every_row(client: TestClient, publisher: Publisher) -> None:
    made = upload(client)
    publisher.publish_query(made["id"], "SELECT 'row ' || i AS text FROM range(5321) t(i)", 5321, ["text"])
    answer = client.get(f"{DATASETS}/{made['id']}/versions/1/download", params={"format": "csv"})
    rows = [row[0] for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))]
    assert rows == ["text", *(f"row {number}" for number in range(5321))]


def test_rows_are_compressed_and_downloads_are_not(client: TestClient, publisher: Publisher) -> None:
    made = upload(client)
    publisher.publish_query(made["id"], "SELECT 'row ' || i AS text FROM range(500) t(i)", 500, ["text"])
    rows = client.get(f"{DATASETS}/{made['id']}/versions/1/rows", params={"limit": 500})
    assert rows.headers["content-encoding"] == "gzip"
    assert int(rows.headers["content-length"]) * 3 < len(rows.content)
    for file_format in ("csv", "parquet", "original"):
        answer = client.get(f"{DATASETS}/{made['id']}/versions/1/download", params={"format": file_format})
        assert "content-encoding" not in answer.headers


def test_the_original_comes_back_byte_for_byte(client: TestClient, publisher: Publisher) -> None:
    content = b"\xff\xfe" + "=1,2\n工单,x\n".encode("utf-16-le")
    made = upload(client, content, filename="工单.csv")
    publisher.publish(made["id"], [["a", "b"]])
    answer = client.get(f"{DATASETS}/{made['id']}/versions/1/download", params={"format": "original"})
    assert answer.content == content
    assert "%E5%B7%A5%E5%8D%95.csv" in answer.headers["content-disposition"]
    assert answer.headers["content-type"] == "application/octet-stream"


def test_parquet_can_be_downloaded(client: TestClient, publisher: Publisher, tmp_path: object) -> None:
    made = upload(client)
    publisher.publish(made["id"], [["a", "001"]])
    answer = client.get(f"{DATASETS}/{made['id']}/versions/1/download", params={"format": "parquet"})
    file = f"{tmp_path}/a.parquet"
    with open(file, "wb") as stream:  # noqa: PTH123
        stream.write(answer.content)
    assert duckdb.connect().sql(f"SELECT * FROM '{file}'").fetchall() == [("a", "001")]


def test_a_version_whose_files_are_gone_is_told_in_words(
    client: TestClient, publisher: Publisher, workspace: WorkspaceUnderTest
) -> None:
    made = upload(client)
    version = publisher.publish(made["id"], [["a", "b"]])
    services(workspace.app).store.delete([version.storage_key])
    for path in ("rows", "rejects", "download"):
        answer = client.get(f"{DATASETS}/{made['id']}/versions/1/{path}")
        assert answer.status_code == 404
        assert "store" in answer.json()["error"]["message"]


def test_another_workspace_sees_nothing(
    client: TestClient, publisher: Publisher, make_workspace: MakeWorkspace
) -> None:
    made = upload(client)
    publisher.publish(made["id"], [["a", "b"]])
    stranger = make_workspace().client
    address = f"{DATASETS}/{made['id']}"
    assert stranger.get(DATASETS).json()["data"] == []
    for path in (
        "",
        "/versions",
        "/versions/1",
        *(f"/versions/1/{p}" for p in ("rows", "rejects", "report", "download")),
        "/preview",
    ):
        assert stranger.get(address + path).status_code == 404
    assert stranger.patch(address, json={"name": "mine"}).status_code == 404
    assert stranger.delete(address).status_code == 404
    assert upload(stranger, CSV)["name"] == "tickets"


def test_versions_for_jobs(client: TestClient, publisher: Publisher, workspace: WorkspaceUnderTest) -> None:
    made, waiting = upload(client), upload(client)
    versions = [publisher.publish(made["id"], [["a", "b"]]) for _ in range(2)]
    with services(workspace.app).database.workspace(workspace.id) as session:
        assert service.get_version(session, workspace.id, made["id"], None).id == versions[1].id
        assert service.get_version(session, workspace.id, made["id"], 1).id == versions[0].id
        assert service.get_version_by_id(session, workspace.id, versions[0].id).number == 1
        with pytest.raises(NotFound):
            service.get_version_by_id(session, workspace.id, "dsv_x")
        with pytest.raises(DatasetNotReady):
            service.get_version(session, workspace.id, waiting["id"], None)
