"""Every page of the web UI: a line here, and it is checked for accessibility and pictured."""

from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
from journey import ended, submit, until, upload

TICKETS = Path(__file__).parents[2] / "examples" / "support-tickets.csv"

SIGNED_OUT = {"sign-in": "/sign-in"}
PAGES = {
    "home": "/",
    "datasets": "/datasets",
    "dataset": "/datasets/{dataset}",
    "dataset-columns": "/datasets/{dataset}?tab=columns",
    "dataset-report": "/datasets/{dataset}?tab=report",
    "dataset-versions": "/datasets/{dataset}?tab=versions",
    "fine-tune": "/datasets/{dataset}/fine-tune",
    "jobs": "/jobs",
    "job": "/jobs/{job}",
    "models": "/models",
    "model": "/models/{model}/versions/{number}",
    "model-rows": "/models/{model}/versions/{number}?tab=rows",
    "model-origin": "/models/{model}/versions/{number}?tab=origin",
    "model-card": "/models/{model}/versions/{number}?tab=card",
    "model-versions": "/models/{model}/versions/{number}?tab=versions",
    "deployments": "/deployments",
    "deployment": "/deployments/{deployment}",
    "deployment-code": "/deployments/{deployment}?tab=code",
    "deployment-batch": "/deployments/{deployment}?tab=batch",
    "deployment-traffic": "/deployments/{deployment}?tab=traffic",
    "deployment-history": "/deployments/{deployment}?tab=history",
    "settings": "/settings",
    "lost": "/no-such-page",
}


@dataclass(frozen=True)
class Sample:
    """One of everything, made from the sample data."""

    dataset: str
    job: str
    model: str
    number: int
    deployment: str

    def address(self, page: str) -> str:
        return (PAGES | SIGNED_OUT)[page].format(**asdict(self))


def make_sample(api: httpx.Client, name: str = "Support tickets", deployment: str = "support") -> Sample:
    """Upload the sample data, train on it and deploy the result."""
    dataset = upload(api, TICKETS, name)
    job = ended(api, submit(api, dataset, name=name)["id"])
    assert job["status"] == "succeeded", job
    made = api.post("/deployments", json={"name": deployment, "model_version_id": job["model_version_id"]})
    assert made.status_code == 201, made.text
    route = made.json()["routes"][0]
    until(lambda: api.get(f"/deployments/{deployment}").json(), lambda found: found["status"] != "starting")
    return Sample(dataset["id"], job["id"], route["model_id"], route["number"], deployment)
