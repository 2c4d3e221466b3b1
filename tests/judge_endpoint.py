"""An OpenAI-compatible endpoint on loopback that judges answers as it is told to."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class Endpoint(ThreadingHTTPServer):
    """Keeps what it was asked, headers and body."""

    daemon_threads = True
    url = ""
    asked: list[tuple[dict[str, str], dict[str, Any]]]
    reply: Callable[[dict[str, Any]], str]
    status = 200
    statuses: dict[str, int]
    """Instead of `status`, by the question."""
    refusal = "Not this one."
    raw: bytes | None = None
    """Instead of a chat completion."""
    thinks = False
    """Whether it refuses what models of OpenAI that think refuse."""


class Handler(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.asked.append(({name.lower(): value for name, value in self.headers.items()}, body))
        material = json.loads(body["messages"][1]["content"])
        said: dict[str, Any] = {"choices": [{"message": {"role": "assistant", "content": self.server.reply(material)}}]}
        refuses = self.server.thinks and {"max_tokens", "temperature"} & set(body)
        status = 400 if refuses else self.server.statuses.get(material["question"], self.server.status)
        if status != 200:
            said = {"error": {"message": self.server.refusal}}
        content = self.server.raw or json.dumps(said).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def judging() -> Iterator[Endpoint]:
    """One that runs, and is fair until it is told otherwise."""
    server = Endpoint(("127.0.0.1", 0), Handler)
    server.url, server.asked = f"http://127.0.0.1:{server.server_address[1]}/v1", []
    server.reply, server.statuses = fair, {}
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def fair(material: dict[str, Any]) -> str:
    """Prefers what is in the sheet."""
    right = [name for name in ("A", "B") if material[f"answer {name}"] == material["reference"]]
    return f"Thinking about A and B.\n{right[0] if len(right) == 1 else 'C'}"
