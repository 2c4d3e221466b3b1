"""A client that is not tried is noticed where it could have been."""

import subprocess

import pytest

import client_environments
from client_environments import install

FAILS, WORKS = ["false"], ["true"]


@pytest.mark.parametrize(
    ("wanted", "probe", "outcome"),
    [
        ("required", WORKS, pytest.fail.Exception),
        ("required", FAILS, pytest.skip.Exception),
        ("", WORKS, pytest.skip.Exception),
    ],
)
def test_what_can_not_be_installed(
    monkeypatch: pytest.MonkeyPatch, wanted: str, probe: list[str], outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("TUNEYARD_TEST_CLIENTS", wanted)
    monkeypatch.setattr(client_environments, "PROBES", {"pip": probe})
    with pytest.raises(outcome, match="package index"):
        install("pip", FAILS)


def test_an_index_that_is_slow_gives_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_environments, "PROBES", {"pip": FAILS})
    monkeypatch.setattr(client_environments, "INSTALL_SECONDS", 0.2)
    with pytest.raises(pytest.skip.Exception, match="retrying"):
        install("pip", ["sh", "-c", "echo retrying >&2; exec sleep 5"])


def test_what_is_not_as_it_was_pinned_is_never_skipped() -> None:
    with pytest.raises((subprocess.CalledProcessError, pytest.skip.Exception)) as found:
        install("pip", ["sh", "-c", "echo THESE PACKAGES DO NOT MATCH THE HASHES >&2; exit 1"])
    assert found.type is subprocess.CalledProcessError
