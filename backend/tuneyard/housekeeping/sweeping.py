"""What is kept for a time only, and files that nothing refers to: found, told with the reason, and removed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

import structlog
from sqlalchemy.orm import Session

from tuneyard.deployments import repository as deployments
from tuneyard.housekeeping.errors import BackupInProgress
from tuneyard.jobs import repository as jobs
from tuneyard.kit import clock
from tuneyard.kit.config import Settings
from tuneyard.kit.db import Database, after_commit
from tuneyard.kit.references import item_of, may_remove, referenced
from tuneyard.kit.services import Services
from tuneyard.kit.storage import Item, Store
from tuneyard.predictions import repository as predictions
from tuneyard.webhooks import repository as webhooks

log = structlog.get_logger()

STORE = {
    "uploads": "uploads_days",
    "batches": "uploads_days",
    "datasets": "orphans_days",
    "models": "orphans_days",
    "checkpoints": "orphans_days",
}
"""Where in the store files of workspaces lie, and the setting for those that no row refers to."""
JOB_DIRECTORIES = {"": "orphans_days"}
ATTEMPT = re.compile(r"(job_[0-9a-z]+)-(\d+)(?:\.part)?$")


@dataclass(frozen=True)
class Removal:
    """Something that goes, or went; rows count no bytes but those of events."""

    what: str
    bytes: int
    reason: str


def sweep(settings: Settings, database: Database, store: Store, *, dry_run: bool = False) -> list[Removal]:
    """Remove what the settings no longer keep, and files that nothing refers to; a dry run only tells what would go.

    Raises BackupInProgress.
    """
    now = clock.now()
    scratch = Store(settings.jobs_dir)
    # Listed before the database is asked: what is added from here on is not looked at.
    listed, directories = _old(store, STORE, 3, settings, now), _old(scratch, JOB_DIRECTORIES, 1, settings, now)
    with database.system() as session:
        if not may_remove(session):
            raise BackupInProgress("A backup is being made, and nothing is removed meanwhile.")
        # Before the references: an attempt that is over by now has recorded what it made, or never will.
        running = jobs.running_attempts(session)
        removals = list(_forget_rows(session, settings, now))
        kept = {item_of(key) for key in referenced(session)}
        orphans = [item for item in listed if item.key not in kept and not _is_of(item, running)]
        leftovers = [item for item in directories if not _is_of(item, running)]
        if dry_run:
            session.rollback()
        else:
            after_commit(session, lambda: store.delete(item.key for item in orphans))
            after_commit(session, lambda: scratch.delete(item.key for item in leftovers))
    nobody = "nothing refers to it, and it has not changed since {:%Y-%m-%d %H:%M}"
    removals += [Removal(item.key, item.bytes, nobody.format(item.modified)) for item in orphans]
    removals += [Removal(f"jobs/{item.key}", item.bytes, "its attempt is over") for item in leftovers]
    return removals


def sweep_by_itself(services: Services) -> None:
    """For the dispatcher: what went is in the log, and what comes in the way is tried again the next time."""
    try:
        removals = sweep(services.settings, services.database, services.store)
    except BackupInProgress:
        log.info("sweep.waits_for_backup")
        return
    for removal in removals:
        log.info("sweep.removed", what=removal.what, bytes=removal.bytes, reason=removal.reason)


def _old(store: Store, areas: Mapping[str, str], depth: int, settings: Settings, now: datetime) -> list[Item]:
    """What has not changed for as many days as its setting says; what lies `depth` deep is kept as a whole."""
    found = []
    for area, setting in areas.items():
        for key, group in groupby(store.files(area), lambda file: "/".join(file.key.split("/")[:depth])):
            files = list(group)
            item = Item(key, sum(file.bytes for file in files), max(file.modified for file in files))
            if item.modified < _before(settings, setting, now):
                found.append(item)
    return found


def _is_of(item: Item, attempts: set[tuple[str, int]]) -> bool:
    """Whether one of these attempts made it."""
    named = ATTEMPT.search(item.key)
    return named is not None and (named[1], int(named[2])) in attempts


def _forget_rows(session: Session, settings: Settings, now: datetime) -> Iterator[Removal]:
    """Remove rows whose time is over; their files then have nothing that refers to them."""
    why = {
        setting: f"more than {getattr(settings, setting)} days ago (TUNEYARD_{setting.upper()})"
        for setting in ("events_days", "batches_days", "checkpoints_days", "traffic_days", "webhooks_days")
    }
    for events in jobs.forget_events(session, _before(settings, "events_days", now)):
        what = f"{events.count} events of {events.job_id}"
        yield Removal(what, events.bytes, f"the job ended {why['events_days']}")
    for batch_id, filename in predictions.forget_batches(session, _before(settings, "batches_days", now)):
        yield Removal(f"{batch_id} ({filename})", 0, f"the batch ended {why['batches_days']}")
    for job_id, step in jobs.forget_checkpoints(session, _before(settings, "checkpoints_days", now)):
        what = f"checkpoint of {job_id} at step {step}"
        yield Removal(what, 0, f"the job succeeded, or ended {why['checkpoints_days']}")
    counts = deployments.forget_traffic(session, _before(settings, "traffic_days", now))
    if counts:
        yield Removal(f"{counts} counts of requests a minute", 0, f"counted {why['traffic_days']}")
    deliveries = webhooks.forget_deliveries(session, _before(settings, "webhooks_days", now))
    if deliveries:
        yield Removal(f"{deliveries} deliveries of webhooks", 0, f"what they tell happened {why['webhooks_days']}")


def _before(settings: Settings, setting: str, now: datetime) -> datetime:
    return now - timedelta(days=getattr(settings, setting))
