"""`tuneyard dispatcher`: looks after waiting and lost jobs, and sends webhooks."""

import signal
import threading

from tuneyard.auth import repeating
from tuneyard.commands.options import load_settings
from tuneyard.housekeeping.sweeping import sweep_by_itself
from tuneyard.jobs import dispatcher
from tuneyard.kit.logging import configure_logging
from tuneyard.kit.services import Services
from tuneyard.webhooks import sending


def run() -> None:
    """Run the process that looks after waiting and lost jobs, and sends webhooks."""
    settings = load_settings()
    configure_logging(settings.log_level)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    sweeps = [sweep_by_itself, repeating.forget_old]
    dispatcher.run(Services.from_settings(settings), stop, sweeps, duties=[sending.run])
