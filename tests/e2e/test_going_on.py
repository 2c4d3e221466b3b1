"""A training that is killed and then paused goes on where it was, on the real stack."""

import pytest
from faults import LONG
from journey import ended, submit, until, until_gone, upload
from pages import TICKETS

from processes import working_in

# Long enough for two interruptions on a busy machine, short enough to wait for.
INTERRUPTED = {"hyperparameters": LONG | {"time_budget_seconds": 36}}


@pytest.fixture
def api(stack):
    with stack.api as client:
        yield client


@pytest.fixture
def job(api, tmp_path):
    sheet = tmp_path / "few-tickets.csv"
    sheet.write_text("".join(TICKETS.read_text().splitlines(keepends=True)[:101]))
    dataset = upload(api, sheet, "tickets to come back to")
    return submit(api, dataset, name="interrupted", **INTERRUPTED)["id"]


def checkpoints(stack, job_id):
    return list((stack.folder / "store" / "checkpoints").glob(f"*/{job_id}/*"))


def trainer(stack, job_id):
    return next(each for each in working_in(stack.folder / "jobs") if job_id in each.cwd())


def test_killed_and_paused_it_goes_on_where_it_was(stack, api, job):
    def found():
        return api.get(f"/jobs/{job}").json()

    until(lambda: checkpoints(stack, job), bool)
    trainer(stack, job).kill()

    until(found, lambda item: (item["attempt"], item["phase"]) == (2, "training"))
    assert api.post(f"/jobs/{job}/pause").status_code == 200
    until(found, lambda item: item["status"] == "paused", timeout=15)
    api.post(f"/jobs/{job}/resume")

    assert ended(api, job)["status"] == "succeeded"
    attempts = api.get(f"/jobs/{job}/attempts").json()["data"]
    assert [item["outcome"] for item in attempts] == ["lost", "paused", "succeeded"]
    assert attempts[0]["continued_from_step"] is None
    assert all(item["continued_from_step"] > 0 for item in attempts[1:])
    until_gone(stack.folder / "store" / "checkpoints", f"*/{job}/*")
