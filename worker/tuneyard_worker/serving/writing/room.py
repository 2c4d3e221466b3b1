"""How many texts are written at once, and how long they may be."""

from tuneyard_worker.exporters.decoder_shape import DecoderShape

ROWS = 8
"""Texts that are written at once."""
MOST_ROOM = 4096
LEAST_ROOM = 256
# Of the memory for models, what earlier tokens of one of them may take.
SHARE_OF_MEMORY = 1 / 3


def room_of(shape: DecoderShape, memory_bytes: int) -> int:
    """Tokens of a text where models have so much memory."""
    fits = int(SHARE_OF_MEMORY * memory_bytes) // (ROWS * _token_bytes(shape))
    return min(shape.longest, MOST_ROOM, max(LEAST_ROOM, fits))


def cache_bytes(shape: DecoderShape, memory_bytes: int) -> int:
    """What earlier tokens take at most."""
    return ROWS * room_of(shape, memory_bytes) * _token_bytes(shape)


def _token_bytes(shape: DecoderShape) -> int:
    return 2 * 4 * shape.layers * shape.kv_heads * shape.head_size
