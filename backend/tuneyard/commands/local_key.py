"""The command line's own key on the machine that runs the server, made at its first use."""

import os
from pathlib import Path

from tuneyard.commands.key import create_key
from tuneyard.kit.config import Settings

FILE_NAME = "cli-key"


def local_key(data_dir: Path, settings: Settings) -> tuple[Path, str]:
    """Where the key is kept, readable by its owner only, and its text."""
    path = data_dir / FILE_NAME
    if not path.exists():
        text = create_key(settings, None, "command line")
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
    return path, path.read_text()
