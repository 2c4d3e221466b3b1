"""The receivers of docs/webhooks.md, run as somebody would who copies them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from hooks import MakeHook, Sending, until

from tuneyard.embedded.ports import free_port

GUIDE = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text(encoding="utf-8")
RUN = {"python": [sys.executable, "-c"], "js": ["node", "-e"]}


@pytest.mark.parametrize("language", RUN)
def test_a_receiver_takes_what_is_signed_and_nothing_else(make_hook: MakeHook, sending: Sending, language: str) -> None:
    if shutil.which(RUN[language][0]) is None:
        pytest.skip(f"{RUN[language][0]} is not installed.")
    found = re.search(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    assert found
    url = f"http://127.0.0.1:{free_port('127.0.0.1')}/"
    hook = make_hook(url)
    given = {"WEBHOOK_SECRET": hook.secret, "PORT": str(httpx.URL(url).port)}
    process = subprocess.Popen(
        [*RUN[language], found[1]], env=os.environ | given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        until(lambda: answered(url))
        page = hook.act("/test")["payload"]["data"]["url"]
        sending.all()
        (delivery,) = hook.deliveries()
        assert [attempt["status_code"] for attempt in delivery["attempts"]] == [204]
        assert process.stdout
        assert process.stdout.readline() == f"webhook.test {page}\n"
        hook.act("/secret")
        hook.act("/test")
        sending.all()
        assert hook.deliveries()[0]["status"] == "succeeded", "the old secret signs for another day"
        hook.set_back("webhooks", "old_secret_until", "25 hours")
        hook.act("/test")
        sending.all()
        assert hook.deliveries()[0]["attempts"][0]["status_code"] == 400
    finally:
        process.kill()
        process.wait()


def answered(url: str) -> bool:
    """Whether the receiver is there; it refuses what is not signed."""
    try:
        return httpx.post(url, content=b"{}", trust_env=False).status_code == 400
    except httpx.TransportError:
        return False
