"""Carries the checkpoints of a job from the directories of its attempts into the store, where any worker finds them."""

import hashlib
import shutil
from contextlib import suppress
from pathlib import Path

import structlog
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from tuneyard.jobs import leases, repository
from tuneyard.jobs.leases import Lease
from tuneyard.jobs.models import Checkpoint
from tuneyard.kit.references import discard
from tuneyard.kit.services import Services
from tuneyard.kit.storage import StoreUnavailable
from tuneyard.specs.checkpoint import CheckpointManifest
from tuneyard_worker.job_directory import MANIFEST

log = structlog.get_logger()

# The newest, and the one before in case the newest is damaged.
KEPT = 2
TAKEN = "taken"


def checkpoints_key(workspace_id: str, job_id: str) -> str:
    """Where in the store the checkpoints of a job lie side by side."""
    return f"checkpoints/{workspace_id}/{job_id}"


class CheckpointStore:
    """The checkpoints of one job, for one of its attempts. Each folder in the store has a row, which came first."""

    def __init__(self, services: Services, lease: Lease) -> None:
        self._services, self._lease = services, lease
        self._key = checkpoints_key(lease.workspace_id, lease.job_id)
        # Of those that are in the store.
        self._manifests: dict[str, bytes] = {}

    def clean(self) -> None:
        """Remove those that were altered, rows of what never came into the store, and what has no row."""
        with self._services.database.workspace(self._lease.workspace_id) as session:
            rows = self._rows(session)
            altered = [row.location for row in rows if not self._fits(row)]
            if altered and leases.hold(session, self._lease):
                self._remove_rows(session, altered)
        known = {name_of(row.location) for row in rows} - {name_of(location) for location in altered}
        found = self._services.store.names(self._key)
        self._services.store.delete(f"{self._key}/{name}" for name in found if name not in known)

    def waiting(self, directory: Path) -> bool:
        """Whether there is anything to take."""
        return bool(_complete(directory / "checkpoints") or _complete(directory / TAKEN))

    def take(self, directory: Path) -> None:
        """Record what an attempt has completed and move it into the store. Raises DiskFull.

        What can't be recorded or stored now waits for the next time: the training goes on.
        """
        for folder in _complete(directory / "checkpoints"):
            (directory / TAKEN).mkdir(exist_ok=True)
            # From here on it is not the trainer's to prune; it may have been just now.
            with suppress(FileNotFoundError):
                folder.rename(directory / TAKEN / folder.name)
        try:
            for folder in _complete(directory / TAKEN):
                self._keep(folder)
        except StoreUnavailable as error:
            log.warning("checkpoint.not_stored", error=str(error))
        except SQLAlchemyError as error:
            log.warning("checkpoint.not_recorded", error=str(error).splitlines()[0])

    def forget(self, session: Session) -> None:
        """Remove all of them, once this transaction is committed: the job has succeeded."""
        self._remove_rows(session, [row.location for row in self._rows(session)])
        discard(session, self._services.store, [self._key])

    def _keep(self, folder: Path) -> None:
        """Record it, then store it: who dies in between leaves the folder here, and a row that `clean` removes.

        The other way round it would lie in the store with nothing to vouch for it.
        """
        location, raw = f"{self._key}/{folder.name}", (folder / MANIFEST).read_bytes()
        if folder.name not in self._manifests:
            if not self._record(location, raw):
                return
            self._services.store.publish(folder, location)
            self._manifests[folder.name] = raw
            log.info("checkpoint.stored", name=folder.name)
        shutil.rmtree(folder, ignore_errors=True)
        self._settle(location)

    def _record(self, location: str, raw: bytes) -> bool:
        step = CheckpointManifest.model_validate_json(raw).step
        with self._services.database.workspace(self._lease.workspace_id) as session:
            return leases.record_checkpoint(
                session, self._lease, location=location, step=step, manifest_sha256=sha256(raw)
            )

    def _settle(self, location: str) -> None:
        """Remove what the new one replaces; or, where the lease was lost and the row is gone, the new one itself."""
        with self._services.database.workspace(self._lease.workspace_id) as session:
            if leases.hold(session, self._lease):
                unneeded = self._unneeded(session)
                self._remove_rows(session, unneeded)
                discard(session, self._services.store, unneeded)
                return
            recorded = location in {row.location for row in self._rows(session)}
        if not recorded:
            self._services.store.delete([location])

    def _unneeded(self, session: Session) -> list[str]:
        """Those that neither are kept nor hold a file of one that is."""
        locations = [row.location for row in self._rows(session)]
        kept = [name_of(location) for location in locations[:KEPT]]
        manifests = [CheckpointManifest.model_validate_json(self._manifests[name]) for name in kept]
        needed = set(kept).union(*(manifest.folders for manifest in manifests))
        return [location for location in locations if name_of(location) not in needed]

    def _fits(self, row: Checkpoint) -> bool:
        """Whether the manifest in the store is the one that was recorded, and of this release."""
        try:
            raw = self._services.store.read(f"{row.location}/{MANIFEST}")
            CheckpointManifest.model_validate_json(raw)
        except (FileNotFoundError, ValidationError):
            return False
        self._manifests[name_of(row.location)] = raw
        return sha256(raw) == row.manifest_sha256

    def _rows(self, session: Session) -> list[Checkpoint]:
        return list(repository.checkpoints(session, self._lease.workspace_id, self._lease.job_id))

    def _remove_rows(self, session: Session, locations: list[str]) -> None:
        repository.remove_checkpoints(session, self._lease.workspace_id, self._lease.job_id, locations)


def _complete(folder: Path) -> list[Path]:
    """Checkpoints with a manifest, the oldest first."""
    return sorted(path.parent for path in folder.glob(f"[!.]*/{MANIFEST}"))


def name_of(location: str) -> str:
    return location.rsplit("/", 1)[-1]


def sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
