"""What can go wrong with a group of processes, each with its cure."""

from tuneyard.kit.errors import TuneyardError


class UnsafeDataDirectory(TuneyardError):
    """The data directory is at a place where it would be unsafe or unusable."""

    code = "unsafe_data_directory"


class BrokenSecrets(TuneyardError):
    """secrets.json is there and can't be read."""

    code = "broken_secrets"
    hint = "Put it back from a backup. Without it, stored API keys no longer work."


class MissingAccount(TuneyardError):
    """As root, no account could be found or made for Postgres."""

    code = "missing_account"


class UnsupportedDatabase(TuneyardError):
    """The data was written by another major version of Postgres."""

    code = "unsupported_database"


class PartFailed(TuneyardError):
    """A part of the group did not start; the message ends with the last lines of its log."""

    code = "part_failed"


class ServerUnreachable(TuneyardError):
    """A server that the settings name does not answer."""

    code = "server_unreachable"


class PortTaken(TuneyardError):
    """Something else listens on the port."""

    code = "port_taken"
    hint = "Stop it, or choose another port: tuneyard up --port 0 takes a free one."


class AlreadyRunning(TuneyardError):
    """A group runs on this data directory already."""

    code = "already_running"


class AnothersGroup(TuneyardError):
    """The data directory belongs to another user."""

    code = "anothers_group"
    hint = "Run this as the user who started Tuneyard, or name your own folder with --data-dir."


class StillRunning(TuneyardError):
    """The group could not be stopped."""

    code = "still_running"
