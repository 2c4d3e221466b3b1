"""What the OpenAPI document says of many operations in the same words, so that no route has to repeat it."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from tuneyard.auth.dependencies import PUBLIC_ROUTES
from tuneyard.auth.repeating import HEADER
from tuneyard.kit.web import documented

JSON = "application/json"
FILE = {"type": "string", "format": "binary"}
PATH_PARAMETERS = {
    "api_key_id": "Id of the API key, as `key_…`; not the key itself.",
    "base_model_id": "Id of the base model.",
    "batch_id": "Id of the batch, as `batch_…`.",
    "dataset_id": "Id of the dataset, as `ds_…`.",
    "delivery_id": "Id of the delivery, as `dlv_…`.",
    "file_id": "Id of the file: that of its dataset, or of the figures of a job.",
    "fine_tuning_job_id": "Id of the fine-tuning, as `ftjob_…`.",
    "job_id": "Id of the job, as `job_…`.",
    "model_id": "Id of the model, as `model_…`.",
    "model_version_id": "Id of the model version, as `mv_…`.",
    "name": "Name of the deployment.",
    "number": "Number of the version; 1 is the first.",
    "webhook_id": "Id of the webhook, as `wh_…`.",
}


class Api(FastAPI):
    """FastAPI with a document that says what all operations have in common."""

    def openapi(self) -> dict[str, Any]:
        if not self.openapi_schema:
            complete(super().openapi())
        return self.openapi_schema or {}


def complete(document: dict[str, Any]) -> None:
    """Describe path parameters and files, name the refusals of bodies, and open what is public; in place."""
    for path, method, operation in operations(document):
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path" and parameter["name"] in PATH_PARAMETERS:
                parameter.setdefault("description", PATH_PARAMETERS[parameter["name"]])
        for answer in operation["responses"].values():
            for kind, content in answer.get("content", {}).items():
                content.setdefault("schema", {"type": "string"} if kind.startswith("text/") else FILE)
        for status in body_refusals(method, operation):
            operation["responses"].setdefault(str(status), refusal(document, status))
        if any(parameter["name"] == HEADER for parameter in operation.get("parameters", [])):
            operation["responses"].setdefault("409", refusal(document, 409))
        if (method.upper(), path) in PUBLIC_ROUTES:
            operation["security"] = []
            operation["responses"].pop("401", None)


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def body_refusals(method: str, operation: dict[str, Any]) -> list[int]:
    """Statuses of a body that is too large, or is no JSON where JSON is wanted."""
    content = operation.get("requestBody", {}).get("content", {})
    return ([] if method == "get" else [413]) + ([415] if JSON in content else [])


def refusal(document: dict[str, Any], status: int) -> dict[str, Any]:
    """The entry of an error in the one shape, which the document has a schema of."""
    assert "ErrorBody" in document["components"]["schemas"]  # noqa: S101 - `documented` puts it there
    schema = {"$ref": "#/components/schemas/ErrorBody"}
    return {"description": documented(status)[status]["description"], "content": {JSON: {"schema": schema}}}
