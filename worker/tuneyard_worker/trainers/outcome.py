"""What teaching ends with."""

from dataclasses import dataclass

from tuneyard.specs.manifest import Chosen
from tuneyard_worker.trainers.base_models import BaseModel
from tuneyard_worker.trainers.head import Head


@dataclass(frozen=True)
class Outcome:
    """A taught classifier, ready to be exported."""

    base: BaseModel
    """Its encoder is the one to export: as it came, or taught."""
    head: Head
    """Folded: slope and temperature are inside the weights."""
    chosen: Chosen
