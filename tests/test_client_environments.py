"""A client that is not tried is noticed where it could have been."""

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
