"""How a file would look, read in another way: by a process of its own, within limits."""

import pytest
from dataset_factory import Publisher, upload
from fastapi.testclient import TestClient

from tuneyard.datasets import previewing

DATASETS = "/api/v1/datasets"


def preview(client: TestClient, dataset_id: str, **options: object) -> tuple[int, dict]:
    answer = client.get(f"{DATASETS}/{dataset_id}/preview", params=options)
    return answer.status_code, answer.json()


def test_two_readings_of_the_first_row(client: TestClient) -> None:
    made = upload(client, "good,yes\nbad,no\nfine,yes\n")
    _, named = preview(client, made["id"], header=True)
    _, data = preview(client, made["id"], header=False)
    assert (named["columns"], named["rows"]) == (["good", "yes"], [["bad", "no"], ["fine", "yes"]])
    assert (data["columns"], data["rows"][0]) == (["column_1", "column_2"], ["good", "yes"])


def test_another_encoding_and_delimiter(client: TestClient, publisher: Publisher) -> None:
    made = upload(client, "text;label\n文本,一;标签\n".encode("gb18030"))
    _, right = preview(client, made["id"], encoding="gb18030", delimiter=";")
    assert (right["columns"], right["rows"]) == (["text", "label"], [["文本,一", "标签"]])
    _, wrong = preview(client, made["id"], encoding="windows-1252", delimiter=";")
    assert wrong["rows"][0][0] != "文本,一"
    # A version knows the encoding that the whole file was judged by.
    publisher.publish(made["id"], [["a", "b"]])
    _, kept = preview(client, made["id"], version=1, delimiter=";")
    assert kept["encoding"] == "utf-8"


def test_only_the_beginning_of_a_long_file_is_read_and_shown(client: TestClient) -> None:
    long = "x" * 300
    made = upload(client, "text,label\n" + f"{long},a\n" * 20_000)
    _, shown = preview(client, made["id"])
    assert (len(shown["rows"]), shown["rows"][0], shown["rejected_rows"]) == (8, ["x" * 120, "a"], 0)


@pytest.mark.parametrize(
    ("content", "options", "says"),
    [
        ("text,label\na,b\n", {"encoding": "klingon"}, "no encoding"),
        ("text,label\na,b\n", {"delimiter": "ab"}, "one character"),
        ("text,label\na\nb\n", {"header": True, "delimiter": ","}, "Line 2"),
        (b"%PDF-1.7 ...", {}, "a PDF document"),
    ],
)
def test_what_can_not_be_read_that_way_is_told(
    client: TestClient, content: str | bytes, options: dict, says: str
) -> None:
    made = upload(client, content)
    status, answer = preview(client, made["id"], **options)
    assert status == 422
    assert says in answer["error"]["message"]


def test_a_preview_that_takes_too_long_is_ended(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    made = upload(client)
    monkeypatch.setattr(previewing, "LONGEST_SECONDS", 0.05)
    status, answer = preview(client, made["id"])
    assert (status, answer["error"]["code"]) == (422, "preview_too_slow")


def test_too_many_previews_at_once_are_told_to_wait(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    made = upload(client)
    monkeypatch.setattr(previewing, "WAIT_SECONDS", 0.01)
    for _ in range(previewing.MOST_AT_ONCE):
        assert previewing._places.acquire(blocking=False)
    try:
        status, answer = preview(client, made["id"])
    finally:
        for _ in range(previewing.MOST_AT_ONCE):
            previewing._places.release()
    assert (status, answer["error"]["code"]) == (503, "unavailable")
    assert preview(client, made["id"])[0] == 200
