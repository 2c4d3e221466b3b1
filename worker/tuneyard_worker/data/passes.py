"""Queries that each go over all rows of a table, and how much of all of them is done while they run."""

import threading
from collections.abc import Callable

import duckdb

LOOK_SECONDS = 0.5

# Hears the share that is done, 0 to 1.
Tell = Callable[[float], None]


class Passes:
    """Runs queries of which about `count` are to come."""

    def __init__(self, database: duckdb.DuckDBPyConnection, count: int, tell: Tell) -> None:
        database.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
        database.execute("SET progress_bar_time = 0")
        self._database = database
        self._count = count
        self._tell = tell
        self._done = 0

    def run(self, query: str) -> duckdb.DuckDBPyConnection:
        """The result of one pass."""
        ended = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(ended,), daemon=True)
        watcher.start()
        try:
            return self._database.execute(query)
        finally:
            ended.set()
            watcher.join()
            self._done += 1
            self._tell(min(self._done / self._count, 1.0))

    def _watch(self, ended: threading.Event) -> None:
        while not ended.wait(LOOK_SECONDS):
            # Negative as long as DuckDB does not know.
            percent = self._database.query_progress()
            if percent > 0:
                self._tell(min((self._done + percent / 100) / self._count, 1.0))
