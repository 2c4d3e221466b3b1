"""What can come in the way of a sweep."""

from tuneyard.kit.errors import Unavailable


class BackupInProgress(Unavailable):
    """Nothing is removed meanwhile."""

    code = "backup_in_progress"
    hint = "Sweep again when it is done; the dispatcher does so by itself every hour."
