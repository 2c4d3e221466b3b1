"""A stand-in for the serving process that speaks its contract; the real one is tried in tests/e2e."""

import base64
import json
import math
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

from fastapi.testclient import TestClient

WORDS = {"billing": "invoice", "refund": "money", "shipping": "parcel"}
LOADING = (404, {}, {"error": {"message": "The version is not deployed here.", "code": "version_not_assigned"}})


@dataclass
class ServingDouble:
    """What it was asked, and what it is to answer instead of predictions."""

    token: str
    url: str = ""
    syncs: int = 0
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refusal: tuple[int, dict[str, str], dict[str, Any]] | None = None
    troubles: dict[str, int] = field(default_factory=dict)
    """Texts that it refuses with this status, to be sent again in a second, the first time it is asked about them."""
    lines: list[dict[str, Any]] = field(default_factory=list)
    """What it says line by line where it is to write."""
    thinking: Event | None = None
    """Set once it is asked to write and will say nothing before its caller hangs up."""
    thoughts: float = math.inf
    """How often it thinks so."""
    on_write: Callable[[], object] = lambda: None
    """Called when it is asked to write, before it says anything."""
    left: Event = field(default_factory=Event)
    """Set once that caller has."""

    def refuse(self, status: int, message: str = "no", **headers: str) -> None:
        """Answer predictions with an error from now on."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.refusal = (status, named, {"error": {"message": message}})

    def answer(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, str], dict[str, Any]]:
        if path == "/sync":
            self.syncs += 1
            return 202, {}, {"status": "syncing"}
        self.asked.append((path.split("/")[2], body))
        if self.refusal is not None:
            return self.refusal
        if trouble := self.troubles.pop(str(next(iter(body.get("inputs", [])), "")), None):
            return trouble, {"retry-after": "1"}, {"error": {"message": "no"}}
        if path.endswith("/embed"):
            vector = base64.b64encode(struct.pack("<3f", 0.6, 0, 0.8)).decode()
            return 200, {}, {"embeddings": [vector] * len(body["inputs"]), "tokens": 3 * len(body["inputs"])}
        if path.endswith("/write"):
            return 200, {}, {}
        counted = {"tokens": sum(len(text.split()) for text in body["inputs"])} if body.get("count") else {}
        predictions = [prediction(text, body.get("top_k")) for text in body["inputs"]]
        return 200, {}, {"predictions": predictions, **counted}


def prediction(text: str, top_k: int | None) -> dict[str, Any]:
    """The label whose word is in the text gets 0.8, the others 0.1."""
    best = next((label for label, word in WORDS.items() if word in text.lower()), "billing")
    scores = {best: 0.8} | {label: 0.1 for label in WORDS if label != best}
    return {"label": best, "score": 0.8, "scores": dict(list(scores.items())[:top_k])}


@contextmanager
def running_double(token: str) -> Iterator[ServingDouble]:
    double = ServingDouble(token)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body in one packet, or the second would wait 40 ms for the first one's acknowledgement.
        wbufsize = -1

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("content-length") or 0))
            known = self.headers.get("authorization") == f"Bearer {double.token}"
            body = json.loads(content) if content else {}
            status, headers, answer = double.answer(self.path, body) if known else (401, {}, {})
            if self.path.endswith("/write"):
                double.on_write()
            if double.thinking and double.thoughts and self.path.endswith("/write"):
                double.thoughts -= 1
                double.thinking.set()
                self.connection.settimeout(30)
                if self.connection.recv(1) == b"":
                    double.left.set()
                self.close_connection = True
                return
            said = double.lines if self.path.endswith("/write") and status == 200 else [answer]
            reply = "".join(json.dumps(line) + "\n" for line in said).encode()
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(reply))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply)
            self.wfile.flush()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    double.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield double
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def report(
    client: TestClient, token: str, model_version_id: str, status: str = "ready", message: str = "", loaded: bool = True
) -> None:
    """What the serving process tells after the check of a version."""
    parity = {"rows": 6, "agreeing": 6 if status == "ready" else 2, "largest_difference": 0.0001}
    body = {
        "model_version_id": model_version_id,
        "status": status,
        "message": message or None,
        "parity": parity if loaded else None,
    }
    answer = client.post("/internal/serving/reports", json=body, headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 204, answer.text
