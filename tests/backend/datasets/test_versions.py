"""Which rows are shown, and where versions came from."""

from dataset_factory import Publisher, upload
from fastapi.testclient import TestClient
from workspaces import WorkspaceUnderTest, services

from tuneyard.jobs import service as jobs

DATASETS = "/api/v1/datasets"


def numbered(publisher: Publisher, dataset_id: str, rows: int) -> None:
    query = f"SELECT 'row ' || (i + 1) AS text FROM range({rows}) t(i)"
    publisher.publish_query(dataset_id, query, rows, ["text"])


def test_rows_at_any_offset_come_with_their_numbers(client: TestClient, publisher: Publisher) -> None:
    made = upload(client)
    numbered(publisher, made["id"], 30_000)
    address = f"{DATASETS}/{made['id']}/versions/1/rows"
    for offset in (0, 10_239, 29_999):
        page = client.get(address, params={"offset": offset, "limit": 2}).json()
        expected = [offset + 1, offset + 2][: 30_000 - offset]
        assert [(row["row"], row["values"]) for row in page["rows"]] == [(n, [f"row {n}"]) for n in expected]
        assert page["total"] == 30_000
    assert client.get(address, params={"offset": 2**53}).json()["rows"] == []


def test_only_the_rows_of_a_finding_in_pages(client: TestClient, publisher: Publisher) -> None:
    made = upload(client)
    numbered(publisher, made["id"], 500)
    address = f"{DATASETS}/{made['id']}/versions/1/rows"
    only = {"only": [412, 7, 9, 7, 9_999]}
    assert [row["row"] for row in client.get(address, params=only).json()["rows"]] == [7, 9, 412]
    second = client.get(address, params=only | {"offset": 2, "limit": 1}).json()
    assert [(row["row"], row["values"]) for row in second["rows"]] == [(412, ["row 412"])]
    assert client.get(address, params=only | {"offset": 9}).json()["rows"] == []
    assert client.get(address, params={"only": [0]}).status_code == 422


def test_each_version_says_where_it_came_from(client: TestClient, publisher: Publisher) -> None:
    made = upload(client, filename="first.csv")
    publisher.publish(made["id"], [["a", "b"]])
    publisher.publish(made["id"], [["a", "b"]])
    answer = client.post(f"{DATASETS}/{made['id']}/versions", files={"file": ("second.csv", "text,label\nx,y\n")})
    assert answer.status_code == 202
    publisher.publish(made["id"], [["a", "b"]])
    versions = client.get(f"{DATASETS}/{made['id']}/versions").json()["data"]
    told = [(version["number"], version["origin"], version["upload"]["filename"]) for version in versions]
    assert told == [(3, "upload", "second.csv"), (2, "reading", "first.csv"), (1, "upload", "first.csv")]
    assert versions[0]["options"]["header"] is None
    one = client.get(f"{DATASETS}/{made['id']}/versions/2").json()
    assert (one["origin"], one["upload"]["id"]) == ("reading", versions[2]["upload"]["id"])


def test_a_repair_makes_a_job_for_the_next_version(
    client: TestClient, publisher: Publisher, workspace: WorkspaceUnderTest
) -> None:
    made = upload(client)
    first = publisher.publish(made["id"], [["a", "b"]])
    address = f"{DATASETS}/{made['id']}/versions/1"
    assert client.get(address).json()["repairs"][0]["repair"] == "remove_duplicate_rows"
    answer = client.post(f"{address}/repairs", json={"repairs": ["remove_duplicate_rows"]})
    assert answer.status_code == 202, answer.text
    job = client.get(f"/api/v1/jobs/{answer.json()['job_id']}").json()
    assert (job["kind"], job["dataset_id"], job["status"]) == ("ingest", made["id"], "queued")
    with services(workspace.app).database.workspace(workspace.id) as session:
        spec = jobs.get(session, workspace.id, job["id"]).spec
    assert spec["repairs"] == {"version_id": first.id, "repairs": ["remove_duplicate_rows"]}
    for repairs, code in ((["unify_label_spellings"], "repair_not_needed"), ([], "invalid_request")):
        refused = client.post(f"{address}/repairs", json={"repairs": repairs})
        assert (refused.status_code, refused.json()["error"]["code"]) == (422, code)
    assert client.post(f"{DATASETS}/{made['id']}/versions/9/repairs", json={"repairs": ["x"]}).status_code == 422


def test_a_repaired_version_says_what_was_done_and_shows_what_it_removed(
    client: TestClient, publisher: Publisher
) -> None:
    made = upload(client)
    publisher.publish(made["id"], [["a", "b"], ["a", "b"]])
    publisher.publish_repaired(made["id"], [["a", "b"]], removed=[(2, '"a","b"', "It repeats row 1 exactly.")])
    newest, oldest = client.get(f"{DATASETS}/{made['id']}/versions").json()["data"]
    assert (newest["origin"], newest["repaired"]["version"], oldest["repaired"]) == ("repair", 1, None)
    assert client.get(f"{DATASETS}/{made['id']}/versions/2").json()["repaired"]["removed_rows"] == 1
    removed = client.get(f"{DATASETS}/{made['id']}/versions/2/removed").json()
    assert removed["total"] == 1
    assert (removed["rejects"][0]["line"], removed["rejects"][0]["raw"]) == (2, '"a","b"')
    assert client.get(f"{DATASETS}/{made['id']}/versions/1/removed").json()["total"] == 0
