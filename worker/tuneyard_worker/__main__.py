"""`python -m tuneyard_worker`: a worker for jobs."""

import argparse

from tuneyard.kit.config import Settings
from tuneyard.kit.logging import configure_logging
from tuneyard.kit.queue import Queue
from tuneyard_worker.celery_app import run_worker


def main() -> None:
    """Serve the queues that the command line names."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--queues", required=True)
    queues = [Queue(name) for name in parser.parse_args().queues.split(",")]
    settings = Settings()
    configure_logging(settings.log_level)
    run_worker(settings, queues)


if __name__ == "__main__":
    main()
