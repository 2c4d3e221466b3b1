"""Answers side by side: blind votes of people, what they come to, and another model as judge."""

import json
import threading
import time
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from fastapi.testclient import TestClient
from model_versions import PublishedVersion, publish
from sqlalchemy import text
from workspaces import WorkspaceUnderTest, services
from written_versions import ANSWERS, publish_writer

from judge_endpoint import Endpoint, judging
from tuneyard.auth.models import MemberRole
from tuneyard.evaluations import judging as asking
from tuneyard.evaluations import preference_repository
from tuneyard.evaluations.models import Judgement, Preference
from tuneyard.evaluations.preferences import tally
from tuneyard.kit.config import Settings

TUNED = {row: tuned for row, _, _, tuned, _ in ANSWERS}
BASE = {row: base for row, _, _, _, base in ANSWERS}
QUESTIONS = [question for _, question, *_ in ANSWERS]
KEY = "sk-very-secret"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Judges may be on this machine."""
    return settings.model_copy(update={"webhook_networks": (ip_network("127.0.0.0/8"),)})


@pytest.fixture
def version(workspace: WorkspaceUnderTest) -> PublishedVersion:
    return publish_writer(workspace)


def pairs(client: TestClient, version: PublishedVersion, **query: Any) -> dict[str, Any]:
    answer = client.get(f"{version.url}/comparisons", params=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def side_of(pair: dict[str, Any], wanted: str) -> str:
    """On which side the tuned or the untuned answer stands, as far as that can be seen."""
    text = {"tuned": TUNED, "base": BASE}[wanted][pair["row"]]
    return "left" if pair["left"] == text else "right"


def test_pairs_come_page_by_page_without_saying_which_is_which(
    workspace: WorkspaceUnderTest, version: PublishedVersion
) -> None:
    first = pairs(workspace.client, version, limit=4)
    second = pairs(workspace.client, version, limit=4, cursor=first["next_cursor"])
    found = first["data"] + second["data"]
    assert second["next_cursor"] is None
    assert [pair["row"] for pair in found] == [row for row, *_ in ANSWERS]
    assert set(found[0]) == {"row", "prompt", "expected", "left", "right", "vote"}
    assert found[0]["prompt"] == "How do I log in?"
    for pair in found:
        assert {pair["left"], pair["right"]} == {TUNED[pair["row"]], BASE[pair["row"]]}
    again = pairs(workspace.client, version)["data"]
    assert again == found, "a row keeps its sides"


def test_sides_are_drawn_for_each_row(workspace: WorkspaceUnderTest) -> None:
    sides = [
        side_of(pair, "tuned")
        for _ in range(4)
        for pair in pairs(workspace.client, publish_writer(workspace))["data"]
        if TUNED[pair["row"]] != BASE[pair["row"]]
    ]
    assert 2 < sides.count("left") < len(sides) - 2


def test_a_person_has_one_vote_a_row_and_may_change_it(
    workspace: WorkspaceUnderTest, version: PublishedVersion
) -> None:
    ann, bob = workspace.browser(MemberRole.MEMBER), workspace.browser(MemberRole.MEMBER)
    shown = {pair["row"]: pair for pair in pairs(ann, version)["data"]}

    def votes(client: TestClient, row: int, wanted: str) -> dict[str, Any]:
        vote = "tie" if wanted == "tie" else side_of(shown[row], wanted)
        answer = client.put(f"{version.url}/comparisons/{row}", json={"vote": vote})
        assert (answer.status_code, answer.json()["vote"]) == (200, vote)
        return dict(answer.json())

    votes(ann, 12, "base")
    votes(ann, 12, "tuned")
    votes(ann, 3, "tuned")
    votes(bob, 12, "tuned")
    votes(bob, 7, "base")
    votes(bob, 9, "tie")
    assert {p["row"]: p["vote"] for p in pairs(bob, version)["data"] if p["vote"]} == {
        12: side_of(shown[12], "tuned"),
        7: side_of(shown[7], "base"),
        9: "tie",
    }
    summary = ann.get(f"{version.url}/comparisons/summary").json()
    assert [summary[name] for name in ("tuned", "base", "tie", "rows", "people")] == [3, 1, 1, 4, 2]
    assert summary["difference"]["value"] == pytest.approx(0.25)
    assert (summary["level"], summary["verdict"]["level"]) == ("similar", "similar")
    assert summary["verdict"]["en"].startswith("Of 5 votes on 4 rows, 3 prefer the tuned model's answer, 1 the untuned")
    assert "1 sees no difference" in summary["verdict"]["en"]
    assert "5 张投票" in summary["verdict"]["zh-CN"]


def test_without_votes_nothing_is_claimed(workspace: WorkspaceUnderTest, version: PublishedVersion) -> None:
    summary = workspace.client.get(f"{version.url}/comparisons/summary").json()
    assert summary == dict.fromkeys(("tuned", "base", "tie", "rows", "people"), 0) | {
        "difference": None,
        "level": None,
        "verdict": None,
        "judges": [],
    }


def test_a_row_that_most_prefer_counts_once() -> None:
    votes = [(1, Preference.TUNED), (1, Preference.TUNED), (1, Preference.BASE), (2, Preference.TUNED)]
    counted = tally(votes)
    assert (counted.tuned, counted.base, counted.rows) == (3, 1, 2)
    assert counted.difference is not None
    assert counted.difference.value == 1.0
    assert tally([(row, Preference.TUNED) for row in range(30)]).level == "better"
    assert tally([(row, Preference.BASE) for row in range(30)]).level == "worse"


def test_what_can_not_be_voted_on_is_refused(workspace: WorkspaceUnderTest, version: PublishedVersion) -> None:
    client, classifier = workspace.client, publish(workspace)
    assert client.put(f"{version.url}/comparisons/2", json={"vote": "left"}).status_code == 404
    assert client.put(f"{version.url}/comparisons/{10**40}", json={"vote": "left"}).status_code == 422
    assert client.put(f"{version.url}/comparisons/12", json={"vote": "tuned"}).status_code == 422
    answer = client.get(f"{classifier.url}/comparisons")
    assert answer.status_code == 404
    assert "does not write" in answer.json()["error"]["message"]
    viewer = workspace.browser(MemberRole.VIEWER)
    assert viewer.put(f"{version.url}/comparisons/12", json={"vote": "left"}).status_code == 403


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with judging() as found:
        yield found


def judge(workspace: WorkspaceUnderTest, version: PublishedVersion, endpoint: Endpoint, **options: Any) -> Any:
    body = {"base_url": endpoint.url, "model": "judge-1", "api_key": KEY} | options
    return workspace.client.post(f"{version.url}/judgements", json=body)


def came_of(answer: dict[str, Any]) -> tuple[int, ...]:
    return tuple(answer[name] for name in ("judged", "unclear", "refused", "undecided", "left"))


def questions(endpoint: Endpoint) -> set[str]:
    """What it was asked about since this was last looked at."""
    asked = {json.loads(body["messages"][1]["content"])["question"] for _, body in endpoint.asked}
    endpoint.asked.clear()
    return asked


def test_a_judge_is_asked_both_ways_and_goes_on_where_it_was(
    workspace: WorkspaceUnderTest, version: PublishedVersion, endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    first = judge(workspace, version, endpoint, rows=4).json()
    assert (first["judged"], first["left"], first["unclear"]) == (4, 2, 0)
    second = judge(workspace, version, endpoint).json()
    assert (second["judged"], second["left"], second["rows"]) == (2, 0, 6)
    assert [second[name] for name in ("tuned", "base", "tie")] == [2, 1, 3]
    assert len(endpoint.asked) == 12
    headers, body = endpoint.asked[0]
    assert (headers["authorization"], body["model"], body["temperature"]) == (f"Bearer {KEY}", "judge-1", 0)
    [summary] = workspace.client.get(f"{version.url}/comparisons/summary").json()["judges"]
    assert summary["judge"] == f"judge-1 at {endpoint.url.split('/')[2]}"
    verdict = summary["verdict"]
    assert verdict["level"] == "similar"
    assert verdict["en"].startswith(
        "Of 6 rows, this judge prefers the tuned model's answer on 2 and the untuned one's on 1;"
    )
    assert "评判模型" in verdict["zh-CN"]
    with services(workspace.app).database.system() as session:
        kept = session.execute(text("SELECT judged_rows::text FROM judged_rows")).scalars().all()
    assert KEY not in "".join(kept) + caplog.text


def test_a_judge_is_told_where_a_text_goes_on(
    workspace: WorkspaceUnderTest, version: PublishedVersion, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "LONGEST_TEXT", len("With your key."))
    judge(workspace, version, endpoint, rows=6)
    shown = [json.loads(body["messages"][1]["content"]) for _, body in endpoint.asked]
    assert {each["reference"] for each in shown} >= {"With your key.", "On its way."}, "as long as may be, and shorter"
    assert {each["answer A"] for each in shown} >= {"Parcel, parcel […]", "I am a model.", "With your key."}
    assert all("[…] goes on" in body["messages"][0]["content"] for _, body in endpoint.asked)


def test_a_judge_that_always_takes_the_first_sees_no_difference(
    workspace: WorkspaceUnderTest, version: PublishedVersion, endpoint: Endpoint
) -> None:
    endpoint.reply = lambda _: "A"
    answer = judge(workspace, version, endpoint).json()
    assert [answer[name] for name in ("tuned", "base", "tie")] == [0, 0, 6]


def test_a_judge_that_thinks_is_asked_as_it_wants_it(
    workspace: WorkspaceUnderTest, version: PublishedVersion, endpoint: Endpoint
) -> None:
    endpoint.thinks = True
    assert judge(workspace, version, endpoint).json()["judged"] == 6
    assert len(endpoint.asked) == 13
    assert endpoint.asked[-1][1]["max_completion_tokens"] > 1024


def test_an_answer_that_is_none_is_not_counted(
    workspace: WorkspaceUnderTest, version: PublishedVersion, endpoint: Endpoint
) -> None:
    # Both times the tuned one is meant, and B or A is named last.
    endpoint.reply = lambda said: "A is better than B." if said["answer A"] in TUNED.values() else "B is better than A."
    answer = judge(workspace, version, endpoint).json()
    assert came_of(answer) == (0, 6, 0, 6, 0)
    assert answer["verdict"] is None
    [summary] = workspace.client.get(f"{version.url}/comparisons/summary").json()["judges"]
    assert (summary["rows"], summary["undecided"], summary["verdict"]) == (0, 6, None)


def test_what_it_did_not_decide_is_asked_again_only_if_wanted_and_the_oldest_first(
    workspace: WorkspaceUnderTest, version: PublishedVersion, endpoint: Endpoint
) -> None:
    endpoint.reply = lambda material: "" if material["question"] in QUESTIONS[:3] else "C"
    assert came_of(judge(workspace, version, endpoint, rows=2).json()) == (0, 2, 0, 2, 4)
    assert came_of(judge(workspace, version, endpoint).json()) == (3, 1, 0, 3, 0)
    assert questions(endpoint) == set(QUESTIONS)
    assert came_of(judge(workspace, version, endpoint).json()) == (0, 0, 0, 3, 0)
    assert not questions(endpoint), "nothing is paid for a second time unasked"
    for wanted in ({*QUESTIONS[:2]}, {QUESTIONS[2]}):
        answer = judge(workspace, version, endpoint, rows=len(wanted), again=True).json()
        assert came_of(answer) == (0, len(wanted), 0, 3, 0)
        assert questions(endpoint) == wanted
    endpoint.reply = lambda _: "C"
    answer = judge(workspace, version, endpoint, again=True).json()
    assert (came_of(answer), answer["rows"], answer["tie"]) == ((3, 0, 0, 0, 0), 6, 6)


def test_what_a_judge_has_decided_stays(
    workspace: WorkspaceUnderTest, version: PublishedVersion, endpoint: Endpoint
) -> None:
    judge(workspace, version, endpoint)
    name = f"judge-1 at {endpoint.url.split('/')[2]}"
    # As one that was asked at the same time would have it.
    with services(workspace.app).database.workspace(workspace.id) as session:
        undecided = dict.fromkeys(TUNED, Judgement.UNDECIDED)
        preference_repository.keep_judged(session, workspace.id, version.id, name, undecided)
    [summary] = workspace.client.get(f"{version.url}/comparisons/summary").json()["judges"]
    assert (summary["rows"], summary["undecided"]) == (6, 0)


@pytest.mark.parametrize("status", [400, 413, 422])
def test_rows_that_its_endpoint_refuses_keep_it_from_no_others(
    workspace: WorkspaceUnderTest, version: PublishedVersion, endpoint: Endpoint, status: int
) -> None:
    endpoint.statuses = dict.fromkeys([*QUESTIONS[:2], QUESTIONS[4]], status)
    first = judge(workspace, version, endpoint, rows=3).json()
    assert came_of(first) == (1, 0, 2, 2, 3)
    assert first["refusal"].startswith(f"The judge answers with the status {status}: ")
    assert "Not this one." in first["refusal"]
    questions(endpoint)
    assert came_of(judge(workspace, version, endpoint).json()) == (2, 0, 1, 3, 0)
    assert questions(endpoint) == {*QUESTIONS[3:]}
    assert came_of(judge(workspace, version, endpoint, again=True).json()) == (0, 0, 3, 3, 0), "all of them once more"
    endpoint.statuses = {}
    answer = judge(workspace, version, endpoint, again=True).json()
    assert (came_of(answer), answer["refusal"], answer["rows"]) == ((3, 0, 0, 0, 0), None, 6)


@pytest.mark.parametrize("status", [403, 408, 500])
def test_whether_a_row_or_its_endpoint_is_at_fault_shows_another_row(
    workspace: WorkspaceUnderTest, version: PublishedVersion, endpoint: Endpoint, status: int
) -> None:
    endpoint.status = status
    answer = judge(workspace, version, endpoint)
    assert f"status {status}" in answer.json()["error"]["message"]
    assert questions(endpoint) == {*QUESTIONS[:5]}, "five in a row are enough"
    endpoint.status = 200
    endpoint.statuses = {QUESTIONS[0]: status}
    assert came_of(judge(workspace, version, endpoint, rows=2).json()) == (1, 0, 1, 1, 4)
    endpoint.statuses = {QUESTIONS[3]: status}
    assert came_of(judge(workspace, version, endpoint).json()) == (3, 0, 0, 1, 1), "it may have been too many at once"
    assert came_of(judge(workspace, version, endpoint, again=True).json()) == (1, 0, 0, 0, 1)


@pytest.mark.parametrize("status", [302, 401, 402, 404, 429])
def test_what_no_row_is_to_blame_for_ends_it_at_once(
    workspace: WorkspaceUnderTest, version: PublishedVersion, endpoint: Endpoint, status: int
) -> None:
    endpoint.statuses = {QUESTIONS[0]: 400}
    endpoint.status = status
    assert came_of(judge(workspace, version, endpoint).json()) == (0, 0, 1, 1, 5)
    assert questions(endpoint) == {*QUESTIONS[:2]}
    answer = judge(workspace, version, endpoint)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "judge_failed")
    assert questions(endpoint) == {QUESTIONS[1]}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("B", "B"),
        ("A is good.\n\n**B**\n", "B"),
        ("Both are short.\nAnswer: a.", "A"),
        ("The better answer is C", "C"),
        ("答案：B", "B"),
        (r"$\boxed{A}$", "A"),
        ("B\nThat is what I think.", None),
        ("A is better than B.", None),
        ("Neither A nor B", None),
        ("Better", None),
        ("", None),
        pytest.param(":" * 200_000 + "A", None, id="very-long"),
    ],
)
def test_the_letter_stands_alone_on_the_last_line(said: str, expected: str | None) -> None:
    assert asking.letter(said) == expected


@pytest.mark.parametrize(
    "raw", [b"<html>", pytest.param(b"[" * 100_000, id="deep"), b'{"choices": []}', b'{"choices": [{"message": null}]}']
)
def test_what_is_no_chat_completion_is_told(
    workspace: WorkspaceUnderTest, version: PublishedVersion, endpoint: Endpoint, raw: bytes
) -> None:
    endpoint.raw = raw
    answer = judge(workspace, version, endpoint)
    assert (answer.status_code, answer.json()["error"]["param"]) == (422, "base_url")
    assert "no chat completion" in answer.json()["error"]["message"]


def test_a_row_has_its_time_for_both_calls(
    workspace: WorkspaceUnderTest, version: PublishedVersion, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "ROW_SECONDS", 0.5)
    monkeypatch.setattr(asking, "LAST_BEGIN_SECONDS", 0.1)
    endpoint.reply = lambda _: time.sleep(0.3) or "C"
    answer = judge(workspace, version, endpoint)
    assert "no answer in time" in answer.json()["error"]["message"]
    assert len(endpoint.asked) == 2


def test_only_some_judges_are_asked_at_once(
    workspace: WorkspaceUnderTest, version: PublishedVersion, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "_places", threading.BoundedSemaphore(1))
    assert judge(workspace, version, endpoint, rows=1).status_code == 200
    assert judge(workspace, version, endpoint, rows=1).status_code == 200, "a place is given back"
    asking._places.acquire()
    answer = judge(workspace, version, endpoint)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "30")
    assert len(endpoint.asked) == 4


def test_a_version_that_is_deleted_while_it_is_judged_is_told_as_such(
    workspace: WorkspaceUnderTest, version: PublishedVersion, endpoint: Endpoint
) -> None:
    def delete(_: dict[str, Any]) -> str:
        workspace.client.delete(version.url.partition("/versions/")[0])
        return "C"

    endpoint.reply = delete
    answer = judge(workspace, version, endpoint, rows=1)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ([{"type": "thinking", "thinking": [{"type": "text", "text": "A"}]}, {"type": "text", "text": "So:\nC"}], 1),
        ([{"type": "text", "text": None}, "C", None], 0),
        (None, 0),
    ],
)
def test_an_answer_may_come_in_parts(
    workspace: WorkspaceUnderTest, version: PublishedVersion, endpoint: Endpoint, content: Any, expected: int
) -> None:
    endpoint.raw = json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}]}).encode()
    answer = judge(workspace, version, endpoint, rows=1).json()
    assert (answer["judged"], answer["unclear"]) == (expected, 1 - expected)


def test_a_key_is_used_and_told_to_nobody(
    workspace: WorkspaceUnderTest, version: PublishedVersion, endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    judge(workspace, version, endpoint, api_key=f" {KEY}\n", rows=1)
    judge(workspace, version, endpoint, api_key=" ", rows=1)
    assert [headers.get("authorization") for headers, _ in endpoint.asked[::2]] == [f"Bearer {KEY}", None]
    endpoint.status, endpoint.refusal = 401, f"Incorrect API key provided: {KEY}."
    refused = judge(workspace, version, endpoint)
    assert "Incorrect API key provided: …." in refused.json()["error"]["message"]
    odd = [judge(workspace, version, endpoint, api_key=f"{KEY}{end}") for end in ("\nx", "\0x", "é")]
    assert [(each.status_code, each.json()["error"]["param"]) for each in odd] == [(422, "api_key")] * 3
    assert KEY not in "".join(each.text for each in (refused, *odd)) + caplog.text


def test_an_endpoint_that_fails_or_may_not_be_called_is_told(
    workspace: WorkspaceUnderTest, version: PublishedVersion, endpoint: Endpoint
) -> None:
    for url, said in (("http://10.0.0.1/v1", "not public"), ("http://[::ffff:169.254.169.254]/v1", "not public")):
        refused = judge(workspace, version, endpoint, base_url=url).json()["error"]
        assert (refused["code"], refused["param"]) == ("judge_failed", "base_url")
        assert said in refused["message"]
    for url in ("ftp://x", "https://me:pass@host", "https://:pass@host", "nothing", "https://host/v1?", "https://host/v1#a",
                "https://host:99999", "https://host:a", "https://ho\nst"):  # fmt: skip
        refusal = judge(workspace, version, endpoint, base_url=url)
        assert (refusal.status_code, refusal.json()["error"]["param"]) == (422, "base_url"), url
        assert "pass" not in refusal.text
    endpoint.status = 200
    name = f"judge-1 at {endpoint.url.split('/')[2]}"
    for url in (endpoint.url, f" HTTP{endpoint.url[4:]}/"):
        assert judge(workspace, version, endpoint, base_url=url, rows=1).json()["judge"] == name
    unknown = judge(workspace, version, endpoint, base_url="http://bücher.invalid/v1").json()["error"]
    assert "no host of this name" in unknown["message"]
