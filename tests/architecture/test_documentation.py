"""Docs are tested: each setting, command and event type is told about."""

from pathlib import Path

import pytest

from tuneyard.cli import COMMANDS
from tuneyard.kit.config import Settings
from tuneyard.specs.events import EventType
from tuneyard.webhooks.models import WebhookEvent

ROOT = Path(__file__).parents[2]


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", Settings.model_fields)
def test_setting_is_described(name):
    assert f"`TUNEYARD_{name.upper()}`" in page("settings.md")


@pytest.mark.parametrize("name", COMMANDS)
def test_command_is_described(name):
    assert f"`tuneyard {name}" in page("cli.md")


@pytest.mark.parametrize("event", EventType)
def test_event_type_is_described(event):
    assert f"`{event}`" in page("events.md")


@pytest.mark.parametrize("event", WebhookEvent)
def test_webhook_event_is_described(event):
    assert f"| `{event}` |" in page("webhooks.md")


def test_decisions_are_numbered_without_a_gap():
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
