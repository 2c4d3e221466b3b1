"""How far a batch is, told about once a second."""

import time

from tuneyard_worker.job_directory import JobDirectory

# Reading is about this share of the work.
READ_SHARE = 0.1
ANSWERED_SHARE = 0.98
SECONDS_BETWEEN_REPORTS = 1.0


class RowProgress:
    """Counts the answered rows of one file."""

    def __init__(self, job: JobDirectory, rows: int, before: int = 0) -> None:
        """`before` of the rows were answered by an earlier attempt."""
        self._job, self._rows, self._before = job, rows, before
        self._started, self._told = time.monotonic(), 0.0

    def reached(self, done: int) -> None:
        """So many rows are answered by now."""
        now = time.monotonic()
        if now - self._told < SECONDS_BETWEEN_REPORTS and done < self._rows:
            return
        self._told = now
        answered = done - self._before
        left = (now - self._started) / answered * (self._rows - done) if answered else None
        share = READ_SHARE + (ANSWERED_SHARE - READ_SHARE) * done / self._rows
        self._job.progress(share, step=done, total_steps=self._rows, eta_seconds=left)
