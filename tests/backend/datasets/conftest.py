"""Fixtures for datasets."""

from collections.abc import Callable

import pytest
from dataset_factory import Publisher
from workspaces import WorkspaceUnderTest, services


@pytest.fixture
def publisher(workspace: WorkspaceUnderTest) -> Publisher:
    return Publisher(workspace)


@pytest.fixture
def stored_files(workspace: WorkspaceUnderTest) -> Callable[[], list[str]]:
    """Names of all files in the store."""
    root = services(workspace.app).store.root
    return lambda: sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
