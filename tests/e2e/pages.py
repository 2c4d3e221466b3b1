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
    "dataset-repairs": "/datasets/{dataset}?tab=report&repairing=true",
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
    "model-comparison": "/models/{model}/versions/2/compare/1",
    "deployments": "/deployments",
    "deployment": "/deployments/{deployment}",
    "deployment-code": "/deployments/{deployment}?tab=code",
    "deployment-batch": "/deployments/{deployment}?tab=batch",
    "deployment-traffic": "/deployments/{deployment}?tab=traffic",
    "deployment-history": "/deployments/{deployment}?tab=history",
    "settings": "/settings",
    "workers": "/settings/workers",
    "webhooks": "/settings/webhooks",
    "webhook-new": "/settings/webhooks/new",
    "webhook": "/settings/webhooks/{webhook}",
    "webhook-delivery": "/settings/webhooks/{webhook}?delivery={delivery}",
    "lost": "/no-such-page",
}
# Of a model that writes; `Writing` knows their places.
WRITER_PAGES = {
    "writer-dataset": "/datasets/{dataset}",
    "writer-fine-tune": "/datasets/{dataset}/fine-tune",
    "writer-job": "/jobs/{job}",
    "writer-model": "{page}",
    "writer-answers": "{page}?tab=answers",
    "writer-card": "{page}?tab=card",
    "writer-votes": "{page}/vote",
    "writer-deployment": "/deployments/{deployment}",
    "writer-code": "/deployments/{deployment}?tab=code",
    "writer-batch": "/deployments/{deployment}?tab=batch",
}


@dataclass(frozen=True)
class Sample:
    """One of everything, made from the sample data; the model has a second version whose exam overlaps in part."""

    dataset: str
    job: str
    model: str
    number: int
    deployment: str
    versions: tuple[str, str]
    webhook: str
    delivery: str

    def address(self, page: str) -> str:
        return (PAGES | SIGNED_OUT)[page].format(**asdict(self))


def make_sample(api: httpx.Client, name: str = "Support tickets", deployment: str = "inbox") -> Sample:
    """Upload the sample data, train on it twice and deploy the first result."""
    dataset = upload(api, TICKETS, name)
    jobs = [ended(api, submit(api, dataset, name=name, seed=seed)["id"]) for seed in (0, 1)]
    assert [job["status"] for job in jobs] == ["succeeded", "succeeded"], jobs
    first, second = (job["model_version_id"] for job in jobs)
    made = api.post("/deployments", json={"name": deployment, "model_version_id": first})
    assert made.status_code == 201, made.text
    route = made.json()["routes"][0]
    found = until(lambda: api.get(f"/deployments/{deployment}").json(), lambda item: item["status"] != "starting")
    assert found["status"] == "ready", found
    webhook, delivery = make_webhook(api)
    return Sample(
        dataset=dataset["id"],
        job=jobs[0]["id"],
        model=route["model_id"],
        number=route["number"],
        deployment=deployment,
        versions=(first, second),
        webhook=webhook,
        delivery=delivery,
    )


def make_webhook(api: httpx.Client) -> tuple[str, str]:
    """A webhook whose receiver is down, and the delivery that has failed; their ids."""
    made = api.post("/webhooks", json={"url": "http://127.0.0.1:9/hooks/tuneyard", "events": ["job.failed"]})
    assert made.status_code == 201, made.text
    path = f"/webhooks/{made.json()['id']}"
    sent = api.post(f"{path}/test").json()
    until(lambda: api.get(f"{path}/deliveries/{sent['id']}").json(), lambda item: item["status"] == "failed")
    return made.json()["id"], sent["id"]
