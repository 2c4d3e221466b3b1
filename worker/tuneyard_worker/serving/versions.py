"""The versions that the api wants served, and what is known of each."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from tuneyard.kit.storage import Store
from tuneyard.specs.tasks import Task
from tuneyard_worker.serving import parity
from tuneyard_worker.serving.artifact import Artifact, open_artifact
from tuneyard_worker.serving.classifiers import Classifiers, LoadedClassifier
from tuneyard_worker.serving.engines.onnx_classifier import Scores
from tuneyard_worker.serving.errors import BrokenArtifact, VersionNotAssigned, VersionNotReady, WrongKind
from tuneyard_worker.serving.model_pool import BASE, Loadable, Loaded, ModelPool
from tuneyard_worker.serving.schemas import Assignment, HeldVersion, Parity, Report, Status
from tuneyard_worker.serving.writing import parity as writing_parity
from tuneyard_worker.serving.writing.writer import Writer
from tuneyard_worker.serving.writing.writers import Writers

ANSWERS = "evaluation/answers.parquet"

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

    def __init__(self, store: Store, pool: ModelPool, classifiers: Classifiers, writers: Writers) -> None:
        self._store = store
        self._pool = pool
        self._classifiers = classifiers
        self._writers = writers
        self._versions: dict[str, Version] | None = None

    async def predict(self, version_id: str, texts: list[str]) -> tuple[list[str], Scores]:
        """Labels and their probabilities in the order of the texts.

        Raises VersionNotAssigned, VersionNotReady, WrongKind, QueueFull, BrokenArtifact or ModelTooLarge.
        """
        model = await self._classifier(version_id)
        return model.labels, await model.batcher.scores(texts)

    async def count(self, version_id: str, texts: list[str]) -> int:
        """Tokens of the texts. Raises as `predict`."""
        model = await self._classifier(version_id)
        return await asyncio.to_thread(model.count, texts)

    async def _classifier(self, version_id: str) -> LoadedClassifier:
        model = await self._load(self._ready(version_id))
        if not isinstance(model, LoadedClassifier):
            raise WrongKind(f"The version '{version_id}' writes; it has no labels.")
        return model

    async def writer(self, version_id: str) -> Writer:
        """A version that writes. Raises as `predict`."""
        model = await self._load(self._ready(version_id))
        if not isinstance(model, Writer):
            raise WrongKind(f"The version '{version_id}' is a classifier; it does not write.")
        return model

    async def base_writer(self, base_model_id: str) -> Writer:
        """An untuned base model. Raises VersionNotAssigned, NotWritable, BrokenArtifact or ModelTooLarge."""
        found = await self._pool.get(f"{BASE}{base_model_id}", self._writers.of_base(base_model_id))
        assert isinstance(found, Writer)  # noqa: S101 - what `of_base` loads
        return found

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
        model = await self._load(version)
        artifact = await version.opened(self._store)
        if isinstance(model, Writer):
            answers = await asyncio.to_thread(lambda: writing_parity.read_answers(artifact.bring(ANSWERS)))
            found = await writing_parity.compare(model, answers)
            return _report(version, found, writing_parity.failure(found, answers))
        assert isinstance(model, LoadedClassifier)  # noqa: S101 - there is no third kind
        expected = await asyncio.to_thread(read_predictions, artifact)
        found = parity.compare(expected.scores, await model.batcher.scores(expected.texts))
        return _report(version, found, parity.failure(found))

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
            await self._pool.load_if_it_fits(version.assignment.model_version_id, self._loadable(artifact))

    async def sweep(self) -> None:
        """Give up what was prepared for versions that are not wanted any more. Raises StoreUnavailable."""
        artifacts: list[Artifact] = []
        for version in list((self._versions or {}).values()):
            # A broken one has nothing prepared that it could be served with; its next check reads it afresh.
            with contextlib.suppress(BrokenArtifact):
                found = version.artifact
                if found is None:
                    found = await asyncio.to_thread(open_artifact, self._store, version.assignment.artifact)
                artifacts.append(found)
        await self._writers.keep_only([each for each in artifacts if _writes(each)])

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

    async def _load(self, version: Version) -> Loaded:
        artifact = await version.opened(self._store)
        return await self._pool.get(version.assignment.model_version_id, self._loadable(artifact))

    def _loadable(self, artifact: Artifact) -> Loadable:
        return self._writers.of_version(artifact) if _writes(artifact) else self._classifiers.of(artifact)

    def _held(self, version: Version) -> HeldVersion:
        version_id = version.assignment.model_version_id
        model = self._pool.loaded(version_id)
        return HeldVersion(
            model_version_id=version_id,
            state=version.state.value,
            loaded=model is not None,
            waiting=model.waiting if model else 0,
        )


def _writes(artifact: Artifact) -> bool:
    return artifact.manifest.task is Task.TEXT_GENERATION


def _report(version: Version, found: Parity, message: str | None) -> Report:
    status: Literal["ready", "failed"] = "failed" if message else "ready"
    return Report(model_version_id=version.assignment.model_version_id, status=status, message=message, parity=found)


def read_predictions(artifact: Artifact) -> parity.Expected:
    """What the evaluation recorded; raises BrokenArtifact."""
    return parity.read_expected(artifact.predictions(), len(artifact.manifest.labels))


def _renewed(known: Mapping[str, Version], assignment: Assignment) -> Version:
    """The version as it is known; what was found here stays unless the api knows it passed."""
    version = known.get(assignment.model_version_id)
    if version is None or version.assignment.artifact != assignment.artifact:
        return Version(assignment, State.READY if assignment.verified else State.UNCHECKED)
    version.assignment = assignment
    if assignment.verified:
        version.state = State.READY
    return version
