"""Passwords and tokens of one installation: made once, kept in secrets.json, readable by its owner only."""

import os
import secrets
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from tuneyard.embedded.errors import BrokenSecrets

FILE_NAME = "secrets.json"


def _random() -> str:
    return secrets.token_hex(32)


class Secrets(BaseModel):
    """Everything the parts of one installation prove themselves with."""

    secret: str = Field(default_factory=_random, description="Pepper of stored keys.")
    service_token: str = Field(default_factory=_random, description="Shared by api and serving.")
    database_password: str = Field(default_factory=_random, description="Of the embedded Postgres.")
    redis_password: str = Field(default_factory=_random, description="Of the embedded Valkey.")


def load_or_create(data_dir: Path) -> Secrets:
    """The secrets of a data directory; random ones are written on the first call.

    Raises BrokenSecrets for a file that is there and can't be read: new secrets would void every stored key.
    """
    path = data_dir / FILE_NAME
    if not path.exists():
        _write(path, Secrets())
    try:
        return Secrets.model_validate_json(path.read_bytes())
    except (ValidationError, OSError) as error:
        raise BrokenSecrets(f"{path} can't be read: {type(error).__name__}.") from error


def adopt(data_dir: Path, secret: str) -> None:
    """Take over the pepper of another installation, whose keys are to work here."""
    _write(data_dir / FILE_NAME, load_or_create(data_dir).model_copy(update={"secret": secret}))


def _write(path: Path, value: Secrets) -> None:
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(value.model_dump_json(indent=2))
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)
