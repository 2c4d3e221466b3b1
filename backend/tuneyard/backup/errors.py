"""Why a backup can't be made, or can't be restored."""

from tuneyard.kit.errors import TuneyardError


class BackupRefused(TuneyardError):
    """It was not begun, or nothing of it is left."""

    code = "backup_refused"


class RestoreRefused(TuneyardError):
    """The installation is as it was."""

    code = "restore_refused"


class DamagedBackup(RestoreRefused):
    """The file is not what was written."""

    code = "damaged_backup"
    hint = "Take another copy of the file; nothing has been restored from this one."
