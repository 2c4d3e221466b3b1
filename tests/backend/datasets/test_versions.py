"""Which rows are shown, and where versions came from."""

from dataset_factory import Publisher, upload
from fastapi.testclient import TestClient

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
