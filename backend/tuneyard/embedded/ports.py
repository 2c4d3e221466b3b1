"""TCP ports of this machine."""

import socket

from tuneyard.embedded.errors import PortTaken


def free_port(host: str) -> int:
    """A port nobody listens on right now."""
    with _bound(host, 0) as probe:
        return int(probe.getsockname()[1])


def choose(host: str, port: int) -> int:
    """The port, or a free one for 0; raises PortTaken with the cause."""
    try:
        with _bound(host, port) as probe:
            return int(probe.getsockname()[1])
    except OSError as error:
        raise PortTaken(f"Port {port} of {host} can't be used: {error.strerror}.") from error


def _bound(host: str, port: int) -> socket.socket:
    probe = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        # A port whose last connections are still closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
    except OSError:
        probe.close()
        raise
    return probe
