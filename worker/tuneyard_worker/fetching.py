"""Before a fine-tune can be prepared: whether its base model has to be fetched, and the child that does it."""

import os
import re
from pathlib import Path

from tuneyard.base_models import service as base_models
from tuneyard.base_models.entries import BaseModelEntry
from tuneyard.base_models.importing import made_manifest
from tuneyard.jobs import service as jobs
from tuneyard.jobs.leases import Lease
from tuneyard.kit.services import Services
from tuneyard.specs.job import JobKind
from tuneyard_worker.child_process import ChildProcess, start

PROGRAM = "tuneyard_worker.fetcher"
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
# The way to the hub and to the package index.
NETWORK_VARIABLES = re.compile(
    "HF_ENDPOINT|HF_TOKEN|PIP_.+|XDG_(CACHE|CONFIG)_HOME|"
    "(HTTP|HTTPS|ALL|NO)_PROXY|SSL_CERT_(FILE|DIR)|(REQUESTS|CURL)_CA_BUNDLE",
    re.IGNORECASE,
)


def missing(services: Services, lease: Lease) -> BaseModelEntry | None:
    """The entry of the catalogue that the job starts from, if it is not in the store. Raises UnknownBaseModel."""
    if lease.kind != JobKind.FINE_TUNE:
        return None
    with services.database.workspace(lease.workspace_id) as session:
        base_model_id = jobs.get(session, lease.workspace_id, lease.job_id).spec["base_model"]
    listed = base_models.startable(services.store, base_model_id)
    return None if listed.installed else listed.entry


class FetcherProcess(ChildProcess):
    """`python -m tuneyard_worker.fetcher DIR ID FOLDER`."""

    def __init__(self, directory: Path, base_model_id: str, folder: Path) -> None:
        log = directory / "fetcher.log"
        super().__init__(directory, log, made_manifest(folder))
        # What pip and the libraries leave lying about goes with the folder.
        temporary = folder / "tmp"
        temporary.mkdir()
        arguments = [str(directory), base_model_id, str(folder)]
        self._process = start(PROGRAM, arguments, directory, log, environment() | {"TMPDIR": str(temporary)})


def environment() -> dict[str, str]:
    """What the child may know: the way to the network, and nothing of our database, broker or store."""
    return {
        name: value for name, value in os.environ.items() if name in KEPT_VARIABLES or NETWORK_VARIABLES.fullmatch(name)
    }
