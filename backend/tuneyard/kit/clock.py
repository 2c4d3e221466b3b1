"""Time, for everything but leases, which go by the clock of Postgres."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)
