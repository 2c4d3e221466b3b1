"""A model that writes, taught by REST on the real stack with a tiny base model, for the tests that look at it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from journey import ended, upload
from stack import Stack

from tiny_llama import write_tiny_llama

ROWS = [{"prompt": f"What about {n}?", "completion": f"Number {n} is fine."} for n in range(60)]
HYPER = {"max_length": 96, "epochs": 2, "lora_rank": 4, "exam_answers": 2, "answer_length": 8}


@dataclass(frozen=True)
class Writing:
    """What came out of it."""

    dataset: dict[str, Any]
    asked: dict[str, Any]
    """The body of the request that started the job."""
    job: dict[str, Any]
    version: dict[str, Any]
    sheet: Path
    """The rows as a file."""

    @property
    def page(self) -> str:
        """Of the version."""
        return f"/models/{self.version['model_id']}/versions/{self.version['number']}"


def make_writing(stack: Stack, folder: Path) -> Writing:
    """Upload questions with answers, take the suggestion and teach."""
    base = folder / "tiny-llama"
    base.mkdir()
    write_tiny_llama(base)
    pulled = stack.run("models", "pull", "tiny-llama", "--from", str(base))
    assert pulled.returncode == 0, pulled.stdout + pulled.stderr
    sheet = folder / "answers.jsonl"
    sheet.write_text("\n".join(map(json.dumps, ROWS)))
    with stack.api as api:
        dataset = upload(api, sheet, "answers")
        read = api.get(f"/datasets/{dataset['id']}/versions/1").json()
        assert (read["suggested_task"], read["suggested_columns"]) == (
            "text_generation",
            {"prompt": "prompt", "completion": "completion"},
        )
        asked = {
            "dataset_id": dataset["id"],
            "task": read["suggested_task"],
            "columns": read["suggested_columns"],
            "base_model": "tiny-llama",
            "hyperparameters": HYPER,
        }
        started = api.post("/jobs", json=asked)
        assert started.status_code == 201, started.text
        job = ended(api, started.json()["id"])
        assert job["status"] == "succeeded", job["error"]
        version = api.get(f"/model-versions/{job['model_version_id']}").json()
    return Writing(dataset, asked, job, version, sheet)
