"""The versions that the api wants served, and what is known of each."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tuneyard.kit.storage import Store
from tuneyard_worker.serving.artifact import Artifact, open_artifact
from tuneyard_worker.serving.engines.onnx_classifier import Scores
from tuneyard_worker.serving.errors import VersionNotAssigned, VersionNotReady
from tuneyard_worker.serving.model_pool import LoadedModel, ModelPool
from tuneyard_worker.serving.parity import Expected, compare, failure, read_expected
from tuneyard_worker.serving.schemas import Assignment, HeldVersion, Report, Status

RETRY_SOON = {"Retry-After": "2"}


class State(StrEnum):
    """What the parity gate says of a version."""

    UNCHECKED = "unchecked"
    READY = "ready"
    FAILED = "failed"


@dataclass(eq=False)
class Version:
    """One assigned version."""

    assignment: Assignment
    state: State
    artifact: Artifact | None = None
    report: Report | None = None
    """What the last check found."""

    async def opened(self, store: Store) -> Artifact:
        """The artifact, its manifest read once; raises BrokenArtifact, StoreUnavailable."""
        if self.artifact is None:
            self.artifact = await asyncio.to_thread(open_artifact, store, self.assignment.artifact)
        return self.artifact


class Versions:
    """Answers for the assigned versions. Belongs to the event loop."""

    def __init__(self, store: Store, pool: ModelPool) -> None:
        self._store = store
        self._pool = pool
        self._versions: dict[str, Version] | None = None

    async def predict(self, version_id: str, texts: list[str]) -> tuple[list[str], Scores]:
        """Labels and their probabilities in the order of the texts.

        Raises VersionNotAssigned, VersionNotReady, QueueFull, BrokenArtifact or ModelTooLarge.
        """
        version = self._ready(version_id)
        model = await self._load(version)
        return model.labels, await model.batcher.scores(texts)

    async def artifact(self, version_id: str) -> Artifact:
        """What a version that may answer is made of. Raises VersionNotAssigned, VersionNotReady, BrokenArtifact."""
        return await self._ready(version_id).opened(self._store)

    def assign(self, assignments: list[Assignment]) -> list[Version]:
        """Take over what the api wants; versions that are not in it are unloaded. Gives all versions."""
        known = self._versions or {}
        self._versions = {each.model_version_id: _renewed(known, each) for each in assignments}
        self._pool.keep_only(self._versions)
        return list(self._versions.values())

    async def check(self, version: Version) -> Report:
        """Put a version through the parity gate. Raises BrokenArtifact or ModelTooLarge."""
        artifact = await version.opened(self._store)
        expected = await asyncio.to_thread(read_predictions, artifact)
        model = await self._load(version)
        parity = compare(expected.scores, await model.batcher.scores(expected.texts))
        message = failure(parity)
        status = "failed" if message else "ready"
        return Report(
            model_version_id=version.assignment.model_version_id, status=status, message=message, parity=parity
        )

    def settle(self, version: Version, report: Report) -> None:
        """Let the version answer, or not, from now on."""
        version.state = State(report.status)
        version.report = report
        if version.state is State.FAILED:
            version.artifact = None  # the next check reads the folder afresh, as it may have been restored
            self._pool.unload(version.assignment.model_version_id)

    async def preload(self, version: Version) -> None:
        """Load a version that will soon be asked, if there is room. Raises BrokenArtifact."""
        if self._pool.loaded(version.assignment.model_version_id) is None:
            artifact = await version.opened(self._store)
            await self._pool.load_if_it_fits(version.assignment.model_version_id, artifact)

    def status(self) -> Status:
        """What is held and how busy it is."""
        held = [self._held(version) for version in (self._versions or {}).values()]
        return Status(
            versions=held,
            memory_bytes=self._pool.used_bytes,
            memory_limit_bytes=self._pool.limit_bytes,
            waiting=sum(each.waiting for each in held),
        )

    def _ready(self, version_id: str) -> Version:
        if self._versions is None:
            raise VersionNotReady("Serving has just started.", headers=RETRY_SOON, hint="Try again in a few seconds.")
        version = self._versions.get(version_id)
        if version is None:
            raise VersionNotAssigned(f"The version '{version_id}' is not deployed here.")
        if version.state is State.UNCHECKED:
            raise VersionNotReady(
                f"The version '{version_id}' is still being checked.",
                headers=RETRY_SOON,
                hint="Try again in a few seconds.",
            )
        if version.state is State.FAILED:
            raise VersionNotReady(
                f"The version '{version_id}' failed its check: {version.report and version.report.message}"
            )
        return version

    async def _load(self, version: Version) -> LoadedModel:
        return await self._pool.get(version.assignment.model_version_id, await version.opened(self._store))

    def _held(self, version: Version) -> HeldVersion:
        version_id = version.assignment.model_version_id
        model = self._pool.loaded(version_id)
        return HeldVersion(
            model_version_id=version_id,
            state=version.state.value,
            loaded=model is not None,
            waiting=model.batcher.waiting if model else 0,
        )


def read_predictions(artifact: Artifact) -> Expected:
    """What the evaluation recorded; raises BrokenArtifact."""
    return read_expected(artifact.predictions(), len(artifact.manifest.labels))


def _renewed(known: Mapping[str, Version], assignment: Assignment) -> Version:
    """The version as it is known; what was found here stays unless the api knows it passed."""
    version = known.get(assignment.model_version_id)
    if version is None or version.assignment.artifact != assignment.artifact:
        return Version(assignment, State.READY if assignment.verified else State.UNCHECKED)
    version.assignment = assignment
    if assignment.verified:
        version.state = State.READY
    return version
