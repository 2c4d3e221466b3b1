"""API keys and session tokens: how they are written, and what of them is stored."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

ID_PREFIX = "key_"
SECRET_BYTES = 32
# The id is a ULID, which has no underscore, so the first two underscores are the ones that divide.
API_KEY = re.compile(r"ty_([0-9a-z]{26})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True)
class KeyText:
    """An API key as its holder sends it."""

    id: str
    text: str


def new_key_text(key_id: str, secret: str | None = None) -> str:
    """`ty_<id>_<256 bits>` for the key with this id; the bits are random unless given."""
    return f"ty_{key_id.removeprefix(ID_PREFIX)}_{secret or secrets.token_urlsafe(SECRET_BYTES)}"


def parse_key(text: str) -> KeyText | None:
    """The key's id beside its text; None if it has not the form of a key."""
    match = API_KEY.fullmatch(text)
    return KeyText(id=f"{ID_PREFIX}{match[1]}", text=text) if match else None


def key_hmac(pepper: str, text: str) -> str:
    """What is stored of a key. No slow hash: there is nothing to guess in 256 random bits."""
    return hmac.new(pepper.encode(), text.encode(), hashlib.sha256).hexdigest()


def same(given: str, expected: str) -> bool:
    """Whether two secrets are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(given.encode(), expected.encode())


def new_session_token() -> str:
    """256 random bits for a cookie."""
    return secrets.token_urlsafe(SECRET_BYTES)


def session_id(token: str) -> str:
    """What is stored of a session token."""
    return hashlib.sha256(token.encode()).hexdigest()
