"""The models in memory: at most so many bytes, the least recently used unloaded first."""

import asyncio
from collections import OrderedDict
from collections.abc import Collection
from typing import Protocol

import structlog

from tuneyard_worker.serving.errors import ModelTooLarge

log = structlog.get_logger()


BASE = "base:"
"""What the keys of base models begin with, among those of versions."""
ENCODER = "encoder:"
"""And those of encoders that embed."""


class Loaded(Protocol):
    """A model in memory."""

    @property
    def sizes(self) -> dict[str, int]:
        """Bytes by key of each of its parts; models that share a part share its key."""
        ...

    @property
    def waiting(self) -> int:
        """What has been asked of it and has not begun."""
        ...


class Loadable(Protocol):
    """A model that can be brought into memory."""

    async def prepare(self) -> None:
        """What may take minutes and need not keep others from being loaded. Raises BrokenArtifact."""
        ...

    async def sizes(self) -> dict[str, int]:
        """As Loaded.sizes, known before anything is loaded. Raises BrokenArtifact, StoreUnavailable."""
        ...

    async def load(self) -> Loaded:
        """Raises BrokenArtifact."""
        ...


class ModelPool:
    """Belongs to the event loop."""

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self._models: OrderedDict[str, Loaded] = OrderedDict()
        self._loading = asyncio.Lock()

    @property
    def used_bytes(self) -> int:
        """What the models take, shared parts counted once."""
        return sum(self._sizes().values())

    def loaded(self, key: str) -> Loaded | None:
        """The model if it is in memory; does not count as a use."""
        return self._models.get(key)

    async def get(self, key: str, loadable: Loadable) -> Loaded:
        """The model, loaded if need be. Raises BrokenArtifact, ModelTooLarge, StoreUnavailable."""
        model = self._models.get(key)
        if model is None:
            await loadable.prepare()
            async with self._loading:
                model = self._models.get(key) or await self._load(key, loadable)
        self._models.move_to_end(key)
        return model

    async def load_if_it_fits(self, key: str, loadable: Loadable) -> None:
        """Load the model unless another would have to go for it. Raises BrokenArtifact, StoreUnavailable."""
        if sum((self._sizes() | await loadable.sizes()).values()) <= self.limit_bytes:
            await self.get(key, loadable)

    def keep_only(self, version_ids: Collection[str]) -> None:
        """Unload every other version; answers being computed are still given. Base models and encoders stay."""
        for key in [each for each in self._models if each not in version_ids and not each.startswith((BASE, ENCODER))]:
            self.unload(key)

    def unload(self, key: str) -> None:
        """Forget the model, if it is in memory; its memory is free once its last answer is given."""
        if self._models.pop(key, None):
            log.info("model.unloaded", model=key, memory_bytes=self.used_bytes)

    async def _load(self, key: str, loadable: Loadable) -> Loaded:
        sizes = await loadable.sizes()
        self._make_room(sizes)
        model = await loadable.load()
        self._models[key] = model
        log.info("model.loaded", model=key, memory_bytes=self.used_bytes)
        return model

    def _make_room(self, sizes: dict[str, int]) -> None:
        needed = sum(sizes.values())
        if needed > self.limit_bytes:
            raise ModelTooLarge(
                f"The model needs about {needed / 2**20:,.0f} MiB of memory; "
                f"the serving process may hold {self.limit_bytes / 2**20:,.0f} MiB."
            )
        while sum((self._sizes() | sizes).values()) > self.limit_bytes:
            self.unload(next(iter(self._models)))

    def _sizes(self) -> dict[str, int]:
        return {key: size for model in self._models.values() for key, size in model.sizes.items()}
