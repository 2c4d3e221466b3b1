"""An interpreter that has what the product is compared with: a venv over ours, never part of the product."""

import subprocess
import sysconfig
import venv
from pathlib import Path

LOCKS = Path(__file__).parent


def interpreter(folder: Path, lock: str) -> Path | None:
    """Make the venv in `folder` with what the lock pins; None where the package index does not give that."""
    venv.create(folder, with_pip=True, symlinks=True)
    python = folder / "bin" / "python"
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes", "--only-binary=:all:"]
    done = subprocess.run([str(python), "-m", "pip", "install", *options, "-r", str(LOCKS / lock)], check=False)
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
