"""Uploads through the front door."""

import errno
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, BinaryIO

import pytest
from dataset_factory import CSV, Publisher, upload
from fastapi.testclient import TestClient
from sqlalchemy import select
from workspaces import MakeWorkspace, WorkspaceUnderTest, keyed_client, services

from tuneyard.auth.models import Scope
from tuneyard.datasets.models import Upload
from tuneyard.jobs.models import Job
from tuneyard.kit.config import Settings
from tuneyard.kit.errors import Unavailable
from tuneyard.kit.storage import Store
from tuneyard.specs.job import JobKind, ReadingOptions

StoredFiles = Callable[[], list[str]]
ADDRESS = "/api/v1/datasets"
FORM = {"content-type": "multipart/form-data; boundary=x"}


def test_an_upload_is_stored_as_it_is_and_a_job_reads_it(client: TestClient, workspace: WorkspaceUnderTest) -> None:
    content = CSV.encode("utf-16") * 100_000
    made = upload(client, content, name="Support tickets", header="true", delimiter="tab", sheet="")
    assert made["name"] == "Support tickets"
    assert made["status"] == "processing"
    assert made["latest_version"] is None
    held = services(workspace.app)
    with held.database.workspace(workspace.id) as session:
        job = session.scalars(select(Job).where(Job.id == made["job_id"])).one()
        stored = session.scalars(select(Upload)).one()
    assert (job.kind, job.queue, job.dataset_id) == (JobKind.INGEST, "data", made["id"])
    assert job.spec["upload_id"] == stored.id
    assert ReadingOptions(**job.spec["options"]) == ReadingOptions(header=True, delimiter="\t")
    assert held.store.path(stored.storage_key).read_bytes() == content
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    assert (stored.filename, stored.bytes) == ("tickets.csv", len(content))
    assert client.get(f"/api/v1/datasets/{made['id']}").json()["job_id"] is None


def test_the_name_of_a_file_never_becomes_a_path(client: TestClient, workspace: WorkspaceUnderTest) -> None:
    names = {
        "../../etc/passwd": "passwd",
        "C:\\fakepath\\a b.csv": "a b.csv",
        "工单.csv": "工单.csv",
        "a\x07.csv": "a.csv",
        "..": "..",
    }
    for name in names:
        head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        answer = client.post(ADDRESS, content=head.encode() + b"a,b\r\n--x--\r\n", headers=FORM)
        assert answer.status_code == 202, answer.text
    with services(workspace.app).database.workspace(workspace.id) as session:
        stored = session.scalars(select(Upload).order_by(Upload.id)).all()
    assert [upload.filename for upload in stored] == list(names.values())
    assert all(upload.storage_key == f"uploads/{workspace.id}/{upload.id}" for upload in stored)


def test_a_taken_name_is_refused_if_given_and_numbered_if_not(client: TestClient, stored_files: StoredFiles) -> None:
    assert [upload(client)["name"] for _ in range(3)] == ["tickets", "tickets 2", "tickets 3"]
    before = stored_files()
    answer = client.post(ADDRESS, files={"file": ("x.csv", CSV)}, data={"name": "tickets 2"})
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "name_taken"
    assert answer.json()["error"]["param"] == "name"
    assert stored_files() == before


def test_uploads_at_the_same_time_get_names_of_their_own(client: TestClient) -> None:
    with ThreadPoolExecutor(6) as pool:
        names = list(pool.map(lambda _: upload(client)["name"], range(12)))
    assert sorted(names) == sorted(["tickets", *(f"tickets {number}" for number in range(2, 13))])


def test_no_file_or_an_empty_one_is_refused(client: TestClient, stored_files: StoredFiles) -> None:
    parts: list[tuple[str, Any]] = [
        ("empty_file", {"file": ("a.csv", b"")}),
        ("missing_file", {"file": ("", b"")}),
        ("missing_file", {"name": (None, b"x")}),
    ]
    for code, part in parts:
        answer = client.post(ADDRESS, files=part)
        assert answer.status_code == 422
        assert answer.json()["error"]["code"] == code
    assert stored_files() == []


def test_a_wrong_reading_option_is_named_and_leaves_nothing(client: TestClient, stored_files: StoredFiles) -> None:
    wrong = {
        "encoding": ["klingon", "hex"],
        "delimiter": ["||", "\n"],
        "header": ["maybe"],
        "skip_lines": ["-1"],
        "sheet": ["a\0"],
        "quote": ["\0"],
        "colour": ["red"],
    }
    for field, value in ((field, value) for field, values in wrong.items() for value in values):
        answer = client.post(ADDRESS, files={"file": ("a.csv", CSV)}, data={field: value})
        assert answer.status_code == 422
        assert answer.json()["error"]["param"] == field
    assert stored_files() == []
    assert client.get(ADDRESS).json()["data"] == []


def test_a_body_that_is_no_complete_form_is_refused(client: TestClient, stored_files: StoredFiles) -> None:
    unfinished = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + b"abc" * 2**20
    bodies = [
        ("text/csv", CSV.encode()),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"nonsense"),
        ("multipart/form-data; boundary=x", unfinished),
        ("multipart/form-data; boundary=" + "x" * 5000, b"x"),
    ]
    for content_type, body in bodies:
        answer = client.post(ADDRESS, content=body, headers={"content-type": content_type})
        assert answer.status_code == 422
        assert answer.json()["error"]["code"] == "unreadable_form"
    assert stored_files() == []


def test_two_files_in_one_form_are_refused(client: TestClient, stored_files: StoredFiles) -> None:
    answer = client.post(ADDRESS, files=[("file", ("a.csv", CSV)), ("file", ("b.csv", CSV))])
    assert answer.json()["error"]["code"] == "unreadable_form"
    assert stored_files() == []


def test_a_reader_may_not_upload(workspace: WorkspaceUnderTest, stored_files: StoredFiles) -> None:
    answer = workspace.client_with(Scope.READ).post(ADDRESS, files={"file": ("a.csv", CSV)})
    assert answer.status_code == 403
    assert stored_files() == []


def test_what_fails_after_the_upload_leaves_no_file(
    client: TestClient, stored_files: StoredFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise Unavailable("No job today.")

    monkeypatch.setattr("tuneyard.jobs.service.submit", fail)
    assert client.post(ADDRESS, files={"file": ("a.csv", CSV)}).status_code == 503
    assert stored_files() == []
    assert client.get(ADDRESS).json()["data"] == []


def test_a_full_disk_is_told_and_leaves_no_file(
    client: TestClient, stored_files: StoredFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    class FullFile:
        """Takes one piece and no more, like a file on a full disk."""

        def __init__(self, file: BinaryIO) -> None:
            self.file, self.pieces = file, 0

        def write(self, data: bytes) -> int:
            self.pieces += 1
            if self.pieces > 1:
                raise OSError(errno.ENOSPC, "No space left on device")
            return self.file.write(data)

        def close(self) -> None:
            self.file.close()
            raise OSError(errno.ENOSPC, "No space left on device")

    create = Store.create
    monkeypatch.setattr(Store, "create", lambda store, key: FullFile(create(store, key)))
    answer = client.post(ADDRESS, files={"file": ("a.csv", b"x" * 5_000_000)})
    assert answer.status_code == 507
    assert answer.json()["error"]["code"] == "disk_full"
    assert stored_files() == []


class TestLimits:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"upload_max_bytes": 3 * 2**20, "workspace_max_bytes": 5 * 2**20})

    def test_too_large_a_file_is_refused_with_the_limit(self, client: TestClient, stored_files: StoredFiles) -> None:
        answer = client.post(ADDRESS, files={"file": ("a.csv", b"x" * (4 * 2**20))})
        assert answer.status_code == 413
        assert answer.json()["error"]["code"] == "upload_too_large"
        assert "3 MB" in answer.json()["error"]["message"]
        assert stored_files() == []

    def test_a_length_that_is_not_declared_is_counted(self, client: TestClient, stored_files: StoredFiles) -> None:
        def body() -> Any:
            yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
            for _ in range(40):
                yield b"x" * 100_000
            yield b"\r\n--x--\r\n"

        answer = client.post(ADDRESS, content=body(), headers={"content-type": "multipart/form-data; boundary=x"})
        assert answer.status_code == 413
        assert answer.json()["error"]["code"] == "upload_too_large"
        assert stored_files() == []

    def test_a_full_workspace_is_refused_and_another_is_not(
        self, client: TestClient, stored_files: StoredFiles, make_workspace: MakeWorkspace
    ) -> None:
        made = upload(client, b"x" * (3 * 2**20 - 100_000))
        before = stored_files()
        answer = client.post(ADDRESS, files={"file": ("b.csv", b"x" * (2 * 2**20 + 200_000))})
        assert answer.status_code == 413
        assert answer.json()["error"]["code"] == "quota_exceeded"
        assert "5 MB" in answer.json()["error"]["message"]
        assert stored_files() == before
        assert upload(make_workspace().client, b"x" * 2 * 2**20)
        assert client.delete(f"/api/v1/datasets/{made['id']}").status_code == 204
        assert upload(client, b"x" * (2 * 2**20 + 200_000))

    def test_uploads_at_the_same_time_can_not_exceed_the_quota(
        self, workspace: WorkspaceUnderTest, stored_files: StoredFiles
    ) -> None:
        def send(_: int) -> int:
            client = keyed_client(workspace.app, workspace.key)
            return client.post(ADDRESS, files={"file": ("a.csv", b"x" * 2 * 2**20)}).status_code

        with ThreadPoolExecutor(4) as pool:
            codes = list(pool.map(send, range(4)))
        assert sorted(codes) == [202, 202, 413, 413]
        assert len(stored_files()) == 2


class TestNextVersion:
    def test_the_same_file_is_read_again_in_another_way(
        self, client: TestClient, workspace: WorkspaceUnderTest, publisher: Publisher, stored_files: StoredFiles
    ) -> None:
        made = upload(client)
        publisher.publish(made["id"], [["a", "b"]])
        before = stored_files()
        address = f"/api/v1/datasets/{made['id']}/versions"
        answer = client.post(address, json={"header": False, "encoding": "gb18030"})
        assert answer.status_code == 202, answer.text
        assert answer.json()["status"] == "ready"
        assert stored_files() == before
        by_form = client.post(address, files={"quote": (None, b""), "version": (None, b"1")})
        assert by_form.status_code == 202, by_form.text
        with services(workspace.app).database.workspace(workspace.id) as session:
            first = session.scalars(select(Upload)).one()
            jobs = {job.id: job.spec for job in session.scalars(select(Job))}
        again, formed = jobs[answer.json()["job_id"]], jobs[by_form.json()["job_id"]]
        assert again["upload_id"] == formed["upload_id"] == first.id
        assert ReadingOptions(**again["options"]) == ReadingOptions(header=False, encoding="gb18030")
        assert ReadingOptions(**formed["options"]) == ReadingOptions(quote="")

    def test_a_new_file_becomes_the_next_version(self, client: TestClient, publisher: Publisher) -> None:
        made = upload(client)
        publisher.publish(made["id"], [["a", "b"]])
        address = f"/api/v1/datasets/{made['id']}/versions"
        answer = client.post(address, files={"file": ("more.csv", "text,label\n1,2\n3,4\n")})
        assert answer.status_code == 202
        publisher.publish(made["id"], [["1", "2"], ["3", "4"]])
        assert client.get(f"/api/v1/datasets/{made['id']}").json()["latest_version"] == 2
        uploads = [client.get(f"{address}/{number}").json()["upload"]["filename"] for number in (1, 2)]
        assert uploads == ["tickets.csv", "more.csv"]

    def test_a_body_that_is_no_object_is_refused(self, client: TestClient) -> None:
        address = f"{ADDRESS}/{upload(client)['id']}/versions"
        for body in (b"{", b"[]", b"x" * 100_000):
            answer = client.post(address, content=body, headers={"content-type": "application/json"})
            assert answer.status_code == 422
            assert answer.json()["error"]["code"] == "unreadable_form"

    def test_another_workspace_finds_nothing_to_read(self, client: TestClient, make_workspace: MakeWorkspace) -> None:
        address = f"/api/v1/datasets/{upload(client)['id']}/versions"
        stranger = make_workspace().client
        assert stranger.post(address, json={}).status_code == 404
        assert stranger.post(address, files={"file": ("a.csv", CSV)}).status_code == 404
