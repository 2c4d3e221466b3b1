"""What the store has said of a base model is not asked with every request, but is not believed for long either."""

from pathlib import Path

import pytest
from model_folder import make_model_folder

import coroutines
from tuneyard.base_models import lately, service
from tuneyard.base_models.lately import KEPT_SECONDS, LatelyInstalled
from tuneyard.base_models.service import Listed
from tuneyard.kit.errors import NotFound
from tuneyard.kit.storage import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """With one base model, `mine`."""
    found = Store(tmp_path / "store")
    service.pull(found, "mine", str(make_model_folder(tmp_path / "m")), lambda *_: None)
    return found


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The base models that the store was asked for."""
    found: list[str] = []
    get = service.get

    def noting(store: Store, base_model_id: str) -> Listed:
        found.append(base_model_id)
        return get(store, base_model_id)

    monkeypatch.setattr(service, "get", noting)
    return found


async def twice(bases: LatelyInstalled, name: str) -> Listed:
    await bases.get(name)
    return await bases.get(name)


def test_one_that_is_there_is_asked_for_once_in_a_while(
    store: Store, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bases = LatelyInstalled(store)
    assert coroutines.run(twice(bases, "mine")).installed
    assert asked == ["mine"]
    later = lately.time.monotonic() + KEPT_SECONDS + 1
    monkeypatch.setattr(lately.time, "monotonic", lambda: later)
    assert coroutines.run(twice(bases, "mine")).installed
    assert len(asked) == 2


def test_one_that_is_not_there_yet_is_asked_for_every_time(store: Store, asked: list[str]) -> None:
    bases = LatelyInstalled(store)
    assert not coroutines.run(twice(bases, "smollm2-135m-instruct")).installed
    with pytest.raises(NotFound):
        coroutines.run(bases.get("nobody-knows-it"))
    assert len(asked) == 3
