"""`tuneyard api`: the web server."""

import gc

import uvicorn

from tuneyard.commands.options import load_settings
from tuneyard.kit.logging import configure_logging


def run() -> None:
    """Run the web server."""
    # Imported here: the application takes a second to load, and the settings may be wrong.
    from tuneyard.app import create_app

    settings = load_settings()
    configure_logging(settings.log_level)
    app = create_app(settings)
    # What is loaded by now stays: requests need not wait for a collector that looks through all of it.
    gc.collect()
    gc.freeze()
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=settings.public_url is not None,
        timeout_graceful_shutdown=5,
    )
