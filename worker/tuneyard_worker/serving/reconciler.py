"""Keeps what is served equal to what the api wants."""

import asyncio
import contextlib
import math
import time
from typing import Any

import httpx
import structlog

from tuneyard.kit.errors import TuneyardError
from tuneyard.kit.storage import StoreUnavailable
from tuneyard_worker.serving.errors import QueueFull
from tuneyard_worker.serving.schemas import Assignments, Report
from tuneyard_worker.serving.versions import State, Version, Versions

log = structlog.get_logger()

ASSIGNMENTS = "/internal/serving/assignments"
REPORTS = "/internal/serving/reports"
SECONDS_BETWEEN_CHECKS = 60
SECONDS_BETWEEN_SWEEPS = 3600
LONGEST_MESSAGE = 4000


class Reconciler:
    """Asks the api at start, when woken, and every few seconds; checks new versions and reports how it went."""

    def __init__(
        self, versions: Versions, api: httpx.AsyncClient, seconds: float = 5, retry_seconds: float = 1
    ) -> None:
        self._versions = versions
        self._api = api
        self._seconds = seconds
        self._retry_seconds = retry_seconds
        self._woken = asyncio.Event()
        self._untold: set[str] = set()
        self._checked_at: dict[str, float] = {}
        self._swept_at = -math.inf

    def wake(self) -> None:
        """Ask the api now; if it is being asked already, once more after that."""
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            woken = self._woken.is_set()
            self._woken.clear()
            pause = self._seconds
            try:
                await self.sync(woken=woken)
            except httpx.HTTPError as error:
                log.warning("serving.api_unreachable", error=f"{type(error).__name__}: {error}")
                pause = self._retry_seconds
            except Exception:  # the loop must outlive a bug, or no deployment would ever start again
                log.exception("serving.sync_failed")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), pause)

    async def sync(self, *, woken: bool = False) -> None:
        """One round. Raises httpx.HTTPError if the api can't be asked or told."""
        answer = (await self._api.get(ASSIGNMENTS)).raise_for_status()
        wanted = self._versions.assign(Assignments.model_validate(answer.json()).versions)
        for version in [each for each in wanted if each.assignment.verified]:
            await self._preload(version)
        # New versions first: those that failed before have had their answer.
        unverified = sorted(
            (each for each in wanted if not each.assignment.verified), key=lambda each: each.state is State.FAILED
        )
        for version in unverified:
            if self._due(version, woken):
                await self._check(version)
            await self._tell(version)
        if time.monotonic() - self._swept_at > SECONDS_BETWEEN_SWEEPS:
            await self._sweep()

    def _due(self, version: Version, woken: bool) -> bool:
        """A failed version that the api still wants is tried again: its files may have been restored."""
        if version.state is not State.FAILED:
            return version.state is State.UNCHECKED
        checked_at = self._checked_at.get(version.assignment.model_version_id, 0.0)
        return woken or time.monotonic() - checked_at > SECONDS_BETWEEN_CHECKS

    async def _preload(self, version: Version) -> None:
        try:
            await self._versions.preload(version)
        except TuneyardError as error:
            log.error("model.broken", model_version_id=version.assignment.model_version_id, error=str(error))
        except Exception:  # as in a check; whoever asks for it hears of it
            log.exception("model.not_loaded", model_version_id=version.assignment.model_version_id)

    async def _sweep(self) -> None:
        self._swept_at = time.monotonic()
        try:
            await self._versions.sweep()
        except TuneyardError as error:
            # What is needed is not known now.
            log.warning("serving.not_swept", error=str(error))

    async def _check(self, version: Version) -> None:
        version_id = version.assignment.model_version_id
        try:
            report = await self._versions.check(version)
        except (StoreUnavailable, QueueFull) as error:
            # That says nothing about the version: it is looked at again in the next round.
            log.warning("model.unreachable", model_version_id=version_id, error=str(error))
            return
        except TuneyardError as error:
            message = error.body.error.message[:LONGEST_MESSAGE]
            report = Report(model_version_id=version_id, status="failed", message=message)
        except Exception as error:  # of the disk, or of ONNX Runtime: the other versions must not wait for this one
            log.exception("model.check_failed", model_version_id=version_id)
            message = f"The version can't be run: {error}."[:LONGEST_MESSAGE]
            report = Report(model_version_id=version_id, status="failed", message=message)
        self._versions.settle(version, report)
        self._checked_at[version_id] = time.monotonic()
        self._untold.add(version_id)
        log.info("model.checked", model_version_id=version_id, status=report.status, reason=report.message)

    async def _tell(self, version: Version) -> None:
        """Send what the check found, again if the api does not seem to have heard that the version is ready."""
        version_id = version.assignment.model_version_id
        if version.report and (version_id in self._untold or version.state is State.READY):
            answer = await self._api.post(REPORTS, json=version.report.model_dump(mode="json"))
            if answer.is_client_error:
                # As when the version was deleted meanwhile; the others must not wait for it.
                log.warning("serving.report_refused", model_version_id=version_id, status=answer.status_code)
            else:
                answer.raise_for_status()
            self._untold.discard(version_id)


def api_client(api_url: str, token: str, **options: Any) -> httpx.AsyncClient:
    """A client of the api's internal routes; proxies of the environment are not used."""
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.AsyncClient(base_url=api_url, headers=headers, timeout=10, trust_env=False, **options)
