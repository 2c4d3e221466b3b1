"""A deployment's page on the real stack: code that runs as pasted, batches, traffic, shares and the way back."""

import csv
import io
import json
import re
import sys

import httpx
import pytest
from journey import until
from openpyxl import Workbook, load_workbook
from pasting import put_key_into_code, run_pasted
from playwright.sync_api import expect

NAME = "by-page"
PAGE = f"/deployments/{NAME}"
RUN = {"curl": ["bash"], "Python": [sys.executable], "JavaScript": ["node"], "OpenAI": [sys.executable]}
RUN["Hugging Face"] = [sys.executable]


@pytest.fixture(scope="module")
def deployment(stack, sample):
    body = {"name": NAME, "model_version_id": sample.versions[0]}
    assert stack.api.post("/deployments", json=body).status_code == 201
    return until(lambda: stack.api.get(f"/deployments/{NAME}").json(), lambda item: item["status"] == "ready")


def tab(page, name):
    page.get_by_role("tab", name=name, exact=True).click()


def test_the_playground_answers_and_remembers(page, deployment):
    page.goto(f"{PAGE}?tab=traffic")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("textbox", name="subject")).to_be_focused()
    page.get_by_role("textbox", name="body").fill("My card was charged twice for the same order")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(re.compile("sure · Support tickets v1"))).to_be_visible()
    page.reload()
    page.get_by_role("button", name=re.compile("My card was charged twice")).click()
    expect(page.get_by_role("textbox", name="body")).to_have_value("My card was charged twice for the same order")


def test_the_code_runs_as_it_is_pasted(page, deployment, tmp_path):
    page.goto(f"{PAGE}?tab=code")
    put_key_into_code(page)
    answers = {}
    for name, command in RUN.items():
        tab(page, name)
        answers[name] = run_pasted(page, command, tmp_path / name.replace(" ", "_"))
    label = json.loads(answers["curl"])["predictions"][0]["label"]
    assert answers["OpenAI"].strip() == label
    assert all(label in answer for answer in answers.values()), answers
    page.reload()
    expect(page.get_by_role("button", name="Put a key into the code")).to_be_visible()


def test_a_spreadsheet_comes_back_with_predictions(page, deployment, tmp_path):
    rows = [["id", "subject", "body"], ["7", "Charged twice", "My card was charged twice"], ["8", "Hi", "Where is it?"]]
    sheet = tmp_path / "new.csv"
    sheet.write_text("\n".join(",".join(row) for row in rows))
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "new.xlsx")
    page.goto(f"{PAGE}?tab=batch")
    found = {}
    for name in ("new.csv", "new.xlsx"):
        page.set_input_files("input[type=file]", tmp_path / name)
        row = page.get_by_role("row").filter(has_text=name)
        with page.expect_download() as download:
            row.get_by_role("link", name="Download").click(timeout=120_000)
        assert download.value.suggested_filename == name.replace("new.", "new-predictions.")
        found[name] = download.value.path()
    cells = list(csv.reader(io.StringIO(found["new.csv"].read_text("utf-8-sig"))))
    assert cells[0] == ["id", "subject", "body", "prediction", "confidence"]
    assert [row[0] for row in cells[1:]] == ["7", "8"]
    assert all(row[3] and 0 < float(row[4]) <= 1 for row in cells[1:])
    sheet = load_workbook(io.BytesIO(found["new.xlsx"].read_bytes())).active
    assert [[str(cell) for cell in row[:4]] for row in sheet.values] == [row[:4] for row in cells]
    page.get_by_role("link", name="new.csv", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the result").click()
    assert download.value.path().read_bytes() == found["new.csv"].read_bytes()
    page.get_by_role("link", name="Open the deployment").click()
    expect(page).to_have_url(re.compile(rf"{PAGE}\?tab=batch"))


def test_traffic_is_told_and_saved(page, deployment, stack):
    url = f"{stack.url}/api/v1/deployments/{NAME}/predict"
    headers = {"authorization": f"Bearer {stack.key}"}
    for body in ({"inputs": ["My card"]}, {"inputs": []}):
        httpx.post(url, json=body, headers=headers, trust_env=False)
    page.goto(PAGE)
    tab(page, "Traffic")
    expect(page).to_have_url(re.compile(r"tab=traffic"))
    expect(page.get_by_text(re.compile(r"[1-9]\d* refused \(4xx\), 0 failed"))).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Show as a table").first.click()
    expect(page.get_by_role("table", name=re.compile("Requests in each minute"))).to_be_visible()
    page.get_by_role("button", name="Save").first.click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Save as CSV").click()
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    assert lines[0] == "From,answered,refused,failed"
    assert len(lines) == 61
    page.get_by_text("Week", exact=True).click()
    expect(page).to_have_url(re.compile("period=week"))
    shown = stack.api.get("/deployments").json()["data"]
    assert next(item for item in shown if item["name"] == NAME)["traffic"]["requests_per_minute"] > 0


def test_versions_share_and_the_way_back(page, deployment, stack):
    page.goto(f"{PAGE}?tab=history")
    page.get_by_role("combobox", name="Let another version answer too").click()
    page.get_by_role("option", name=re.compile("Support tickets v2")).click()
    page.get_by_role("textbox", name=re.compile("Share of Support tickets v2")).fill("25")
    expect(page.get_by_text(re.compile("The shares make 115"))).to_be_visible()
    page.get_by_role("textbox", name=re.compile("Share of Support tickets v1")).fill("75")
    page.get_by_role("button", name="Share the traffic so").click()
    expect(page.get_by_text(re.compile("v2 answered all .* rows kept for the exam"))).to_be_visible(timeout=60_000)
    shares = {route["number"]: route["weight"] for route in stack.api.get(f"/deployments/{NAME}").json()["routes"]}
    assert shares == {1: 75, 2: 25}
    page.get_by_role("button", name="Go back to this").click()
    answering = page.get_by_role("row").filter(has_text="answers now")
    expect(answering).not_to_contain_text("Support tickets v2")
    expect(answering).to_contain_text("Support tickets v1")
    assert [route["number"] for route in stack.api.get(f"/deployments/{NAME}").json()["routes"]] == [1]


def test_deleting_says_what_goes(page, deployment, stack):
    page.goto(f"{PAGE}?tab=history")
    page.get_by_role("button", name="Delete this deployment").click()
    page.get_by_role("button", name=f"Delete “{NAME}” for good").click()
    expect(page).to_have_url(re.compile("/deployments$"))
    assert stack.api.get(f"/deployments/{NAME}").status_code == 404
