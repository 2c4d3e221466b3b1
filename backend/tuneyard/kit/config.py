"""Settings, read once from `TUNEYARD_…` environment variables. Each is described in docs/settings.md."""

import json
import os
import re
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Networks = tuple[IPv4Network | IPv6Network, ...]

SHORTEST_SECRET = 32
STORE_URL = re.compile(r"file:///[^?#]+|s3://[^/?#]+(/[^?#]*)?")


def default_data_dir() -> Path:
    """Where everything is kept unless told otherwise: /var/lib/tuneyard as root, else the user's data folder."""
    if os.geteuid() == 0:
        return Path("/var/lib/tuneyard")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "tuneyard"


class MissingSetting(Exception):
    """A process was started without a setting it needs."""


class Settings(BaseSettings):
    """What an installation may set. `tuneyard up` fills in what the embedded servers need."""

    model_config = SettingsConfigDict(env_prefix="TUNEYARD_", env_ignore_empty=True, extra="ignore")

    data_dir: Path = Field(default_factory=default_data_dir, description="Folder of databases, uploads and models.")
    database_url: SecretStr | None = Field(None, description="Your PostgreSQL; embedded if not set.")
    redis_url: SecretStr | None = Field(None, description="Your Redis or Valkey; embedded if not set.")
    secret: SecretStr | None = Field(None, description="Pepper of stored keys, seal of others; at least 32 characters.")
    service_token: SecretStr | None = Field(None, description="Shared by api and serving; at least 32 characters.")
    host: str = Field("127.0.0.1", description="Address the web server listens on.")
    port: int = Field(8321, ge=0, le=65535, description="Port of the web server.")
    serving_url: str = Field("http://127.0.0.1:8322", description="Where the api finds the serving process.")
    api_url: str = Field("http://127.0.0.1:8321", description="Where the serving process finds the api.")
    public_url: str | None = Field(None, description="Address that users see, for links and curl lines.")
    secure_cookies: bool = Field(False, description="Set behind TLS: cookies get Secure and the __Host- prefix.")
    upload_max_bytes: int = Field(5 * 2**30, gt=0, description="Largest upload.")
    workspace_max_bytes: int = Field(
        50 * 2**30,
        gt=0,
        description="All uploads of one workspace together; a new batch counts batches and their results too.",
    )
    parser_memory_bytes: int = Field(2 * 2**30, gt=0, description="Address space of the process that parses a file.")
    parser_timeout_seconds: int = Field(1800, gt=0, description="Longest time one file may take to parse.")
    serving_memory_bytes: int = Field(2 * 2**30, gt=0, description="Models held in memory by the serving process.")
    serving_queue: int = Field(256, gt=0, description="Waiting texts before the serving process answers 429.")
    writing_engine: Literal["auto", "onnx", "vllm"] = Field(
        "auto", description="What models that write run on: vllm, onnx, or vllm where it and a CUDA card are there."
    )
    vllm_python: Path | None = Field(
        None, description="Python of the environment that vLLM is installed in; that of the serving process if not set."
    )
    traffic_days: int = Field(30, gt=0, description="How long requests per minute of deployments are kept.")
    store_url: str | None = Field(
        None, description="Where uploads and models are kept, for every machine: file:///folder or s3://bucket/prefix."
    )
    store_options: dict[str, Any] = Field(
        default_factory=dict, repr=False, description="JSON with options of s3fs for the bucket."
    )
    cache_bytes: int = Field(20 * 2**30, gt=0, description="Copies on this machine of what lies in the bucket.")
    events_days: int = Field(90, gt=0, description="How long logs and progress of ended jobs are kept.")
    batches_days: int = Field(30, gt=0, description="How long ended batches are kept, with their files.")
    checkpoints_days: int = Field(7, gt=0, description="How long checkpoints of failed and cancelled jobs are kept.")
    uploads_days: int = Field(1, gt=0, description="How long uploaded files are kept that nothing refers to.")
    orphans_days: int = Field(1, gt=0, description="How long results are kept that nothing refers to.")
    webhooks_days: int = Field(30, gt=0, description="How long the log of what webhooks were sent is kept.")
    webhook_networks: Annotated[Networks, NoDecode] = Field(
        (),
        description="Networks of your own that webhooks and judges may call, as 10.1.0.0/16,fd00::/8; else public ones "
        "only.",
    )
    threads: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, description="Threads of one job.")
    heartbeat_seconds: float = Field(10, gt=0, description="How often a worker renews the lease of its job.")
    lease_seconds: float = Field(60, gt=0, description="How long a silent worker keeps its job.")
    reaper_seconds: float = Field(15, gt=0, description="How often expired leases are looked for.")
    redispatch_seconds: float = Field(30, gt=0, description="After how long a queued job is announced again.")
    cancel_grace_seconds: float = Field(30, gt=0, description="Between asking a job to stop and killing it.")
    checkpoint_seconds: float = Field(5, ge=0, description="Least time between two checkpoints of a training.")
    job_seconds: float = Field(8 * 86400, gt=0, description="Longest time one start of a job may take.")
    job_disk_bytes: int = Field(100 * 2**30, gt=0, description="What one job may write, checkpoints included.")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")

    @field_validator("store_url")
    @classmethod
    def _store(cls, value: str | None) -> str | None:
        if value is not None and not STORE_URL.fullmatch(value):
            raise ValueError("must be file:///folder or s3://bucket/prefix")
        return value

    @field_validator("store_options", mode="before")
    @classmethod
    def _options(cls, value: object) -> object:
        # As it stands in the environment of a group that runs, which its commands go by.
        return json.loads(value) if isinstance(value, str) else value

    @field_validator("webhook_networks", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("secret", "service_token")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(f"must have at least {SHORTEST_SECRET} characters; `openssl rand -hex 32` makes one")
        return value

    def required(self, name: str) -> str:
        """The value of a secret setting that this process cannot do without."""
        value = getattr(self, name)
        if value is None:
            raise MissingSetting(f"Set TUNEYARD_{name.upper()}, or start everything with `tuneyard up`, which does.")
        return str(value.get_secret_value())

    @property
    def store_dir(self) -> Path:
        """The artifact store without a `store_url`: uploads, dataset versions, base models, model versions, results."""
        return self.data_dir / "store"

    @property
    def cache_dir(self) -> Path:
        """Copies of what lies in a bucket."""
        return self.data_dir / "cache"

    @property
    def graph_dir(self) -> Path:
        """Models that write, as the serving process runs them; made anew where they are missing."""
        return self.data_dir / "graphs"

    @property
    def jobs_dir(self) -> Path:
        """Job directories of running attempts."""
        return self.data_dir / "jobs"
