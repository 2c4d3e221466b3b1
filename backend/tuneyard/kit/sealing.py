"""Secrets that have to be used again, so that no hash will do: AES-GCM with a key made from the server's own secret."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12


class Unreadable(Exception):
    """Sealed with the secret of another server, for another place, or altered."""


def seal(secret: str, place: str, content: bytes) -> bytes:
    """`content`, to be read again only with this server's secret, and only at this place, such as the id of a row."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _cipher(secret).encrypt(nonce, content, place.encode())


def unseal(secret: str, place: str, sealed: bytes) -> bytes:
    """What was sealed for this place. Raises Unreadable."""
    try:
        return _cipher(secret).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError) as error:
        raise Unreadable from error


def _cipher(secret: str) -> AESGCM:
    # A key for this purpose alone: the secret is the pepper of stored keys too.
    return AESGCM(HKDF(SHA256(), KEY_BYTES, salt=None, info=b"tuneyard sealing").derive(secret.encode()))
