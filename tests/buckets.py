"""An S3 server for tests: moto's, a real HTTP server that keeps its objects in memory."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import boto3
from moto.server import ThreadedMotoServer
from ulid import ULID

ACCOUNT = {"key": "test", "secret": "test"}


@dataclass(frozen=True)
class S3:
    """A server that runs."""

    server: ThreadedMotoServer
    port: int

    def client(self):
        return boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{self.port}",
            aws_access_key_id=ACCOUNT["key"],
            aws_secret_access_key=ACCOUNT["secret"],
            region_name="us-east-1",
        )

    def new_store(self, host: str = "127.0.0.1") -> dict[str, str]:
        """The settings that lead to an empty bucket."""
        bucket = f"tuneyard-{ULID()}".lower()
        self.client().create_bucket(Bucket=bucket)
        # One try: nobody who waits for an error wants to wait for five.
        options = {
            **ACCOUNT,
            "endpoint_url": f"http://{host}:{self.port}",
            "client_kwargs": {"region_name": "us-east-1"},
            "config_kwargs": {"retries": {"total_max_attempts": 1}},
        }
        return {"store_url": f"s3://{bucket}/some/prefix", "store_options": json.dumps(options)}


@contextmanager
def s3_server() -> Iterator[S3]:
    server = ThreadedMotoServer(ip_address="0.0.0.0", port=0, verbose=False)
    server.start()
    try:
        yield S3(server, server.get_host_and_port()[1])
    finally:
        server.stop()
