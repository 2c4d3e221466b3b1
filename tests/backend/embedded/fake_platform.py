"""A group with real servers or none, and small children in place of the platform's own: run by the tests.

python fake_platform.py DATA_DIR [servers] [dying] [trainer] [stubborn]
"""

import os
import sys
from pathlib import Path

from tuneyard.embedded import data_directory, group_log, lock, secrets
from tuneyard.embedded.account import database_account
from tuneyard.embedded.group import Group
from tuneyard.embedded.plan import Plan
from tuneyard.embedded.postgres import Postgres
from tuneyard.embedded.processes import Part
from tuneyard.embedded.readiness import Readiness
from tuneyard.embedded.server import Server
from tuneyard.embedded.valkey import Valkey
from tuneyard.kit.errors import TuneyardError

DEAF = (
    "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); open(sys.argv[1], 'w'); time.sleep(600)"
)
# Each gets the path of a file to make once it is as it should be.
PROGRAMS = {
    "steady": "import sys, time; open(sys.argv[1], 'w'); time.sleep(600)",
    "dying": "print('no such table'); raise SystemExit(1)",
    "stubborn": DEAF,
    # Leaves a child in a session of its own that does not listen either.
    "trainer": "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', "
    f"{DEAF!r}, sys.argv[1]], start_new_session=True); time.sleep(600)",
}


def main() -> None:
    account = database_account()
    folder = data_directory.prepare(Path(sys.argv[1]), account)
    names = ["steady", *(name for name in sys.argv[2:] if name in PROGRAMS)]
    environment = {**os.environ, "TUNEYARD_DATA_DIR": str(folder)}
    marks = {name: folder / f"{name}.up" for name in names}
    for mark in marks.values():
        mark.unlink(missing_ok=True)
    with lock.hold(folder), group_log.opened(folder) as log:
        plan = Plan(
            data_dir=folder,
            address="http://127.0.0.1:1",
            api_url="http://127.0.0.1:1",
            environment={"TUNEYARD_DATA_DIR": str(folder)},
            servers=servers(folder) if "servers" in sys.argv else (),
            migration=Part("migrate", (sys.executable, "-c", "print('migrated')"), environment),
            parts=tuple(
                Part(name, (sys.executable, "-c", PROGRAMS[name], str(mark)), environment, grace_seconds=0.5)
                for name, mark in marks.items()
            ),
            check=lambda: Readiness(ready=all(mark.exists() for mark in marks.values())),
        )
        Group(plan, log).run(lambda: print("ready", flush=True))


def servers(folder: Path) -> tuple[Server, ...]:
    kept = secrets.load_or_create(folder)
    postgres = Postgres(folder / "postgres", kept.database_password, database_account(), durable=False)
    return postgres, Valkey(folder / "valkey", kept.redis_password)


if __name__ == "__main__":
    try:
        main()
    except TuneyardError as error:
        sys.exit(error.body.error.message)
