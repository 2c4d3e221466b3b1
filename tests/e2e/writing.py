"""Models that write, taught and deployed by REST on the real stack, for the tests and pictures that look at them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from journey import ended, until, upload
from pages import WRITER_PAGES
from stack import Stack

from tiny_llama import write_tiny_llama

# Of the catalogue, and small enough for the memory of any machine; the hub of these tests has another in its place.
BASE, REPOSITORY = "gemma-3-270m-it", "google/gemma-3-270m-it"
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
    deployment: dict[str, Any]

    @property
    def page(self) -> str:
        """Of the version."""
        return f"/models/{self.version['model_id']}/versions/{self.version['number']}"

    def address(self, page: str) -> str:
        return WRITER_PAGES[page].format(
            dataset=self.dataset["id"], job=self.job["id"], page=self.page, deployment=self.deployment["name"]
        )


def make_writing(stack: Stack, hub_folder: Path, folder: Path) -> Writing:
    """By a tiny base model that knows nothing, which the job fetches, from questions with answers."""
    served = hub_folder / REPOSITORY
    served.mkdir(parents=True)
    write_tiny_llama(served)
    sheet = folder / "answers.jsonl"
    sheet.write_text("\n".join(map(json.dumps, ROWS)))
    made = teach(stack, sheet, "answers", BASE, HYPER)
    assert made.asked["columns"] == {"prompt": "prompt", "completion": "completion"}
    return made


def teach(stack: Stack, sheet: Path, name: str, base_model: str, hyperparameters: Mapping[str, Any]) -> Writing:
    """Upload the rows, take the suggestion, train, and deploy the result as `served-answers`."""
    with stack.api as api:
        dataset = upload(api, sheet, name)
        read = api.get(f"/datasets/{dataset['id']}/versions/1").json()
        assert read["suggested_task"] == "text_generation"
        asked = {
            "dataset_id": dataset["id"],
            "task": read["suggested_task"],
            "columns": read["suggested_columns"],
            "base_model": base_model,
            "hyperparameters": hyperparameters,
        }
        started = api.post("/jobs", json=asked)
        assert started.status_code == 201, started.text
        job = ended(api, started.json()["id"], timeout=600)
        assert job["status"] == "succeeded", job["error"]
        version = api.get(f"/model-versions/{job['model_version_id']}").json()
        made = api.post("/deployments", json={"name": "served-answers", "model_version_id": version["id"]})
        assert made.status_code == 201, made.text
        path = "/deployments/served-answers"
        deployment = until(lambda: api.get(path).json(), lambda found: found["status"] != "starting")
        # Its adapter has passed the check of the live path.
        assert deployment["status"] == "ready", deployment["error"]
    return Writing(dataset, asked, job, version, sheet, deployment)
