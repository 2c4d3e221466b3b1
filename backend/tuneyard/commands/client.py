"""The command line's own client of the REST API, with a key of its own on the machine that runs the server."""

import os
import shlex
from pathlib import Path
from typing import Any

import httpx

from tuneyard.commands.local_key import local_key
from tuneyard.embedded import running
from tuneyard.kit.errors import TuneyardError

TIMEOUT_SECONDS = 60
KEY_VARIABLE = "TUNEYARD_API_KEY"
URL_VARIABLE = "TUNEYARD_API_URL"


class NotRunning(TuneyardError):
    status_code, code = 503, "not_running"


class Refused(TuneyardError):
    """The api answered with an error; its message says the cure."""

    status_code, code = 422, "refused"


class ApiClient:
    """Calls the api; an error answer becomes `Refused` with the api's own words."""

    def __init__(self, url: str, key: str, key_in_shell: str) -> None:
        self.url = url
        self.key_in_shell = key_in_shell
        self.http = httpx.Client(
            base_url=url, headers={"authorization": f"Bearer {key}"}, timeout=TIMEOUT_SECONDS, trust_env=False
        )

    def call(self, method: str, path: str, **options: Any) -> Any:
        """The JSON answer of `/api/v1`; raises Refused, or NotRunning when nobody answers."""
        return self.send(method, f"/api/v1{path}", **options)

    def send(self, method: str, path: str, **options: Any) -> Any:
        """The same, of any path of the server."""
        try:
            response = self.http.request(method, path, **options)
        except httpx.TransportError as error:
            raise NotRunning(f"Nothing answers at {self.url}.", hint="Start it with `tuneyard up`.") from error
        return checked(response)

    def curl(self, path: str, body: str) -> str:
        """A line to paste into a shell."""
        return (
            f'curl {self.url}{path} -H "Authorization: Bearer {self.key_in_shell}"'
            f" -H 'Content-Type: application/json' -d {shlex.quote(body)}"
        )


def checked(response: httpx.Response) -> Any:
    """The JSON of a good answer; raises Refused with the api's own words."""
    if response.is_success:
        return response.json() if response.content else None
    try:
        message = response.json()["error"]["message"]
    except (ValueError, KeyError, TypeError):
        message = f"The server answered with status {response.status_code}."
    raise Refused(message)


def connect(data_dir: Path) -> ApiClient:
    """The server that TUNEYARD_API_KEY and TUNEYARD_API_URL name, else the one that runs on `data_dir`."""
    key = os.environ.get(KEY_VARIABLE)
    if key:
        return ApiClient(os.environ.get(URL_VARIABLE, "http://127.0.0.1:8321"), key, f"${KEY_VARIABLE}")
    state = running.find(data_dir)
    if state is None:
        raise NotRunning(
            f"Tuneyard does not run on {data_dir}.",
            hint=f"Start it with `tuneyard up`, or set {URL_VARIABLE} and {KEY_VARIABLE} of a server elsewhere.",
        )
    path, key = local_key(data_dir, running.settings_of(state))
    return ApiClient(state.api_url, key, f"$(cat {shlex.quote(str(path))})")
