"""An interpreter that has TRL: a venv over ours, with what trl.lock pins; it is never part of the product."""

import subprocess
import sysconfig
import venv
from pathlib import Path

LOCK = Path(__file__).with_name("trl.lock")


def interpreter(folder: Path) -> Path | None:
    """Make the venv in `folder`; None where the package index does not give what is pinned."""
    venv.create(folder, with_pip=True, symlinks=True)
    python = folder / "bin" / "python"
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes", "--only-binary=:all:"]
    done = subprocess.run([str(python), "-m", "pip", "install", *options, "-r", str(LOCK)], check=False)
    if done.returncode:
        return None
    site = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    # Behind its own packages, and with what our own site has been told to add.
    ours = sysconfig.get_path("purelib")
    (Path(site.stdout.strip()) / "ours.pth").write_text(f"import site; site.addsitedir({ours!r})\n")
    return python
