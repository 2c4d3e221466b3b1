"""`make test` uses the Chromium that is there, and installs one where there is none."""

import os
from pathlib import Path

import chromium
import pytest


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH of its own, and no browser of Playwright's."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "browsers"))
    monkeypatch.setattr(chromium.sys, "executable", "/no/python/here")
    return folder


def program(path: Path, script: str = "") -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.mark.parametrize("name", ["chromium", "google-chrome"])
def test_the_browser_of_the_machine_is_used(programs: Path, name: str) -> None:
    program(programs / name)
    assert chromium.find() == str(programs / name)


def test_debians_package_is_installed_as_root(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    browser = programs / "chromium"
    program(
        programs / "apt-get",
        f'case "$*" in install*chromium) echo "#!/bin/sh" > {browser}; /bin/chmod +x {browser};; '
        f"install*{chromium.FONT}) echo > {programs}/font; false;; esac",
    )
    assert chromium.install()
    assert chromium.find() == str(browser)
    assert (programs / "font").exists(), "asked for too, and not missed"


def test_elsewhere_playwright_brings_its_own(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    program(programs / "apt-get", f"touch {programs}/asked-apt")
    own = chromium.playwrights_own()
    script = f'[ "$3 $4" = "install chromium" ] && /bin/mkdir -p {own.parent} && /usr/bin/touch {own}'
    program(programs / "python", script)
    monkeypatch.setattr(chromium.sys, "executable", str(programs / "python"))
    assert chromium.install()
    assert chromium.find() == str(own)
    assert not (programs / "asked-apt").exists()


def test_where_none_can_be_had_it_says_so(programs: Path) -> None:
    assert chromium.find() is None
    assert not chromium.install()
