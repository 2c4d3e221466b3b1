"""Passwords are kept as argon2id hashes."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

SHORTEST = 12
LONGEST = 1024
# A request thread each may be hashing: OWASP's choice for argon2id keeps forty of them under 800 MB.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return HASHER.hash(password)


def is_right(password: str, stored: str | None) -> bool:
    """Whether the password is the one behind the hash; None, an unknown user, takes as long and is never right."""
    # Made in both cases, so that the first try of all does not tell a known user either.
    dummy = _dummy_hash()
    try:
        HASHER.verify(stored or dummy, password)
    except VerifyMismatchError:
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with other costs than today's."""
    return HASHER.check_needs_rehash(stored)


@cache
def _dummy_hash() -> str:
    return HASHER.hash("nobody's password")
