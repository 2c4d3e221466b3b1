"""Where an installation keeps everything, made private without touching the permissions of anybody else's folder."""

import os
import pwd
import stat
from pathlib import Path

from tuneyard.embedded.account import Account
from tuneyard.embedded.errors import UnsafeDataDirectory

SAFE_PLACE = "Choose another: tuneyard up --data-dir /var/lib/tuneyard, or run Tuneyard as an ordinary user."


def prepare(folder: Path, account: Account | None) -> Path:
    """Make the data directory if need be, and hand back its absolute path.

    Raises UnsafeDataDirectory where it can't be used, or (as root) where the account of the database could only
    reach it if other people's folders were opened.
    """
    folder = folder.expanduser().resolve()
    if account is not None:
        _refuse_unreachable(folder)
    try:
        _make(folder, account)
    except OSError as error:
        raise UnsafeDataDirectory(
            f"The data directory {folder} can't be made: {error.strerror}.",
            hint="Choose another: tuneyard up --data-dir FOLDER.",
        ) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UnsafeDataDirectory(
            f"The data directory {folder} belongs to somebody else.",
            hint="Choose another: tuneyard up --data-dir FOLDER.",
        )
    if account is not None:
        _refuse_anothers(folder)
        _let_through(folder, account)
    return folder


def private_folder(path: Path) -> Path:
    """A folder that only its owner can enter."""
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def _refuse_unreachable(folder: Path) -> None:
    home = Path(pwd.getpwuid(0).pw_dir).resolve()
    if home != Path("/") and folder.is_relative_to(home):
        raise UnsafeDataDirectory(f"{folder} is inside the home directory of root.", hint=SAFE_PLACE)
    for parent in folder.parents:
        if parent.exists() and not parent.stat().st_mode & stat.S_IXOTH:
            raise UnsafeDataDirectory(
                f"{folder} is inside {parent}, which other accounts may not enter; the database runs as one.",
                hint=SAFE_PLACE,
            )


def _refuse_anothers(folder: Path) -> None:
    owner = folder.stat().st_uid
    if owner != 0:
        raise UnsafeDataDirectory(
            f"{folder} belongs to the user {_name(owner)}, and you are root.",
            hint="Run Tuneyard as that user, or choose another folder: tuneyard up --data-dir /var/lib/tuneyard.",
        )


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _make(folder: Path, account: Account | None) -> None:
    if folder.is_dir():
        return
    for parent in reversed(folder.parents):
        if not parent.exists():
            parent.mkdir()
            # As root the account of the database has to pass, whatever the umask says.
            parent.chmod(0o755 if account is not None else 0o700)
    folder.mkdir(mode=0o700)


def _let_through(folder: Path, account: Account) -> None:
    # Only this one account, and only to pass: it can't list the folder.
    if not folder.stat().st_mode & stat.S_IXOTH:
        os.chown(folder, 0, account.gid)
        folder.chmod(0o710)
