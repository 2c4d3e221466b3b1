"""Servers of the user's own: looked for before anything starts, so that a wrong address is told at once."""

import contextlib

import psycopg
import redis
from pydantic import SecretStr

from tuneyard.embedded.errors import ServerUnreachable
from tuneyard.kit.config import Settings
from tuneyard.kit.db import normalised

TIMEOUT_SECONDS = 10


def check(settings: Settings) -> None:
    """Raises ServerUnreachable with the cause for a server that is set and does not answer."""
    if settings.database_url:
        _check_postgres(settings.database_url)
    if settings.redis_url:
        _check_redis(settings.redis_url)


def _check_postgres(url: SecretStr) -> None:
    plain = normalised(url.get_secret_value()).replace("postgresql+psycopg://", "postgresql://", 1)
    try:
        psycopg.connect(plain, connect_timeout=TIMEOUT_SECONDS).close()
    except psycopg.Error as error:
        raise ServerUnreachable(
            f"PostgreSQL can't be used: {error}.",
            hint="Check TUNEYARD_DATABASE_URL, or unset it to use the embedded server.",
        ) from error


def _check_redis(url: SecretStr) -> None:
    try:
        with contextlib.closing(
            redis.Redis.from_url(url.get_secret_value(), socket_connect_timeout=TIMEOUT_SECONDS)
        ) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise ServerUnreachable(
            f"Redis can't be used: {error}.", hint="Check TUNEYARD_REDIS_URL, or unset it to use the embedded server."
        ) from error
