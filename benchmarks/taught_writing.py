"""The loop of our trainer on the same rows as bare_writing.py: no job around it, and hardly a look at validation rows.

`python taught_writing.py MODEL_FOLDER ROWS.jsonl packed|padded` prints the tokens a second, of one pass over the rows.
"""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("GOMP_SPINCOUNT", "1500")

from tuneyard.specs.text_generation import TextGenerationHyperparameters
from tuneyard_worker.data.chat_text import ChatText
from tuneyard_worker.data.messages import Message
from tuneyard_worker.trainers.compute import set_up
from tuneyard_worker.trainers.generation.causal_models import add_adapters, attend_fast, dtype_for, load
from tuneyard_worker.trainers.generation.examples import Example, encode
from tuneyard_worker.trainers.generation.likelihood import Score
from tuneyard_worker.trainers.generation.objectives import Answers
from tuneyard_worker.trainers.generation.tuning import Tuning, tune

HYPER = TextGenerationHyperparameters(epochs=1, early_stopping_patience=50)


class Unheard:
    """Implements Report."""

    def step(self, state: Tuning, seen: Score, seconds: float) -> None:
        """Nobody listens."""

    def look(self, state: Tuning, seen: Score) -> None:
        """Nobody listens."""

    def sample(self, state: Tuning, seconds: float) -> None:
        """Nobody listens."""


def main() -> None:
    """Teach the rows once."""
    folder, path, way = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    compute = set_up(os.cpu_count() or 1, seed=0)
    base = load(folder, folder.name, dtype_for(compute, HYPER.tuning))
    attend_fast(base.model, HYPER.max_length, compute)
    chat = ChatText(base.tokenizer)
    examples: list[Example] = []
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        said = [Message("user", row["prompt"]), Message("assistant", row["completion"], learned=True)]
        examples += [encode(pieces, base.tokenizer) for pieces in chat.lessons(said)]
    hyper = HYPER if way == "packed" else padded(examples)
    shortest = min(examples, key=len)
    taught = Answers(examples, [shortest], int(base.tokenizer.pad_token_id or 0), hyper.max_length)
    tuned = tune(add_adapters(base.model, hyper), taught, hyper, compute, Unheard(), seed=0, seconds=1e6)
    print(f"{tuned.tokens / tuned.seconds:.2f}")


def padded(examples: list[Example]) -> TextGenerationHyperparameters:
    """Rows of about equal length side by side, about as many tokens at once as in a packed sequence."""
    rows = round(HYPER.max_length * len(examples) / sum(map(len, examples)))
    size = rows * HYPER.gradient_accumulation_steps
    return HYPER.model_copy(update={"packing": False, "batch_size": size})


if __name__ == "__main__":
    main()
