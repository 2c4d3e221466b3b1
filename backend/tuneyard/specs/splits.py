"""What a split column may say, for those who estimate a job as for those who run it."""

TRAIN, VALIDATION, TEST = "train", "validation", "test"

SIDES: dict[str, str] = {
    "train": TRAIN,
    "training": TRAIN,
    "validation": VALIDATION,
    "valid": VALIDATION,
    "val": VALIDATION,
    "dev": VALIDATION,
    "development": VALIDATION,
    "test": TEST,
    "testing": TEST,
    "eval": TEST,
    "evaluation": TEST,
    "holdout": TEST,
    "hold-out": TEST,
    "held-out": TEST,
    "heldout": TEST,
}


def side_of(cell: str | None) -> str | None:
    """The side that a cell of a split column names; None if it names none."""
    return SIDES.get((cell or "").strip().casefold())
