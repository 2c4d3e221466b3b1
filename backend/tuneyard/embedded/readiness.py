"""What the api says about the parts of the platform."""

import json
import urllib.error
import urllib.request

from pydantic import BaseModel, ValidationError

TIMEOUT_SECONDS = 5


class PartReadiness(BaseModel):
    """One part of the answer of /readyz."""

    ready: bool
    detail: str | None = None


class Readiness(BaseModel):
    """The answer of /readyz; no parts if nobody answers."""

    ready: bool = False
    parts: dict[str, PartReadiness] = {}

    @property
    def missing(self) -> str:
        """The parts that are not ready, in words."""
        waiting = [
            name if not part.detail else f"{name} ({part.detail})"
            for name, part in self.parts.items()
            if not part.ready
        ]
        return ", ".join(waiting) or "the api does not answer"


def ask(api_url: str) -> Readiness:
    """Ask the api whether every part is ready. Never raises: no answer is an answer."""
    try:
        # A proxy of the environment must not get in between.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{api_url}/readyz", timeout=TIMEOUT_SECONDS) as response:
            body, ready = response.read(), True
    except urllib.error.HTTPError as error:
        body, ready = error.read(), False
    except OSError:
        return Readiness()
    try:
        return Readiness.model_validate(json.loads(body) | {"ready": ready})
    except (ValueError, TypeError, ValidationError):
        return Readiness(ready=ready)
