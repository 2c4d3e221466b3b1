"""Refusals, trouble in serving and streams that break off, as every major of OpenAI's client sees them."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from model_versions import publish
from serving_double import ServingDouble, report
from workspaces import WorkspaceUnderTest, make_key
from written_versions import publish_writer

from client_environments import python_with, run
from tuneyard.auth.models import Scope

PROGRAM = Path(__file__).parents[2] / "e2e" / "clients" / "refused.py"
MANNERS = ("once", "waiting", "once, not waiting", "not waiting")
LINES = [
    {"index": 0, "text": "It is", "thought": "", "tokens": [], "finish_reason": None},
    {"error": {"code": "internal_error", "message": "The processor is on fire."}},
]


def test_every_major_sees_the_same_errors_and_tries_again(
    address: str, workspace: WorkspaceUnderTest, serving: ServingDouble
) -> None:
    for name, version, status in (
        ("support", publish(workspace), "ready"),
        ("broken", publish(workspace), "failed"),
        ("answers", publish_writer(workspace), "ready"),
    ):
        made = workspace.client.post("/api/v1/deployments", json={"name": name, "model_version_id": version.id})
        assert made.status_code == 201, made.text
        report(workspace.client, serving.token, version.id, status)
    pythons = {"1": python_with("openai-1"), "2": python_with("openai-2"), "3": sys.executable}
    serving.lines = LINES
    serving.troubles = {
        f"{status} {major} {manner}": status for status in (429, 503) for major in pythons for manner in MANNERS
    }
    given = {"OPENAI_BASE_URL": f"{address}/v1", "OPENAI_API_KEY": workspace.key}
    reader = make_key(workspace.app, workspace.id, Scope.READ)
    with ThreadPoolExecutor(len(pythons)) as pool:
        told = list(pool.map(lambda python: run([python, str(PROGRAM), reader], **given), pythons.values()))
    assert [version.partition(".")[0] for version in told] == list(pythons)
    assert serving.troubles == {}
