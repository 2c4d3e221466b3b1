"""Ids: a prefix that tells the kind, and a ULID, so that sorting by id is sorting by age."""

from ulid import ULID


def new_id(prefix: str) -> str:
    """A fresh id as `job_01k9…`: no slash, safe in a path, newer ones sort later."""
    return f"{prefix}_{str(ULID()).lower()}"
