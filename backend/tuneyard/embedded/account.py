"""The account of the database: Postgres refuses to run as root, so as root it gets an account of its own."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from tuneyard.embedded.errors import MissingAccount
from tuneyard.kit.config import Settings

NAME = "tuneyard"


class Identity(TypedDict, total=False):
    """Arguments of subprocess that change who runs the child."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """A system account without a shell."""

    name: str
    uid: int
    gid: int


def database_account() -> Account | None:
    """As root the account `tuneyard`, made if there is none; as anybody else nobody but oneself.

    Raises MissingAccount where it can't be made.
    """
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        _create()
        entry = pwd.getpwnam(NAME)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def account_for(settings: Settings) -> Account | None:
    """The account of the embedded Postgres, if these settings need one."""
    return None if settings.database_url else database_account()


def identity(account: Account | None) -> Identity:
    """Keyword arguments that make subprocess run a child as this account."""
    return {} if account is None else {"user": account.uid, "group": account.gid, "extra_groups": []}


def give(path: Path, account: Account | None) -> None:
    """Let the account own a file or folder."""
    if account is not None:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def give_tree(folder: Path, account: Account | None) -> None:
    """Let the account own a folder and all in it, if it does not yet."""
    if account is None or folder.lstat().st_uid == account.uid:
        return
    for path in folder.rglob("*"):
        give(path, account)
    give(folder, account)


def _create() -> None:
    program = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    cure = f"Make it yourself (useradd --system {NAME}), or run Tuneyard as an ordinary user."
    if program is None:
        raise MissingAccount(
            f"As root Tuneyard runs its database as the account '{NAME}', which does not exist.", hint=cure
        )
    made = subprocess.run(
        [program, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME],
        capture_output=True,
        text=True,
        check=False,
    )
    # 9: somebody else made it in the meantime.
    if made.returncode not in (0, 9):
        raise MissingAccount(f"The account '{NAME}' could not be made: {made.stderr.strip()}", hint=cure)
