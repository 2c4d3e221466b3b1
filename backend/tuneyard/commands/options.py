"""Options that several commands share, and the settings they lead to."""

from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from tuneyard.kit.config import Settings
from tuneyard.kit.errors import TuneyardError
from tuneyard.kit.wording import what_is_wrong

DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Folder of databases, uploads and models.")]


class InvalidSetting(TuneyardError):
    """An environment variable or option has a value that can't be used."""

    code = "invalid_setting"


def load_settings(**given: Any) -> Settings:
    """Settings of the environment, with the options that were given (not None) over them; raises InvalidSetting."""
    try:
        settings = Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise InvalidSetting(f"TUNEYARD_{name}{what_is_wrong(first)}.", hint="See docs/settings.md.") from error
    return settings.model_copy(update={"data_dir": settings.data_dir.expanduser().resolve()})
