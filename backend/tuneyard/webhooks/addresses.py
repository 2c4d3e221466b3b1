"""Which addresses webhooks may call: public ones, and those in networks that the operator of the server allows."""

import socket
import threading
from concurrent.futures import Future
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

from tuneyard.kit.config import Networks

Address = IPv4Address | IPv6Address

# What is not in it, or stands for an IPv4 address, is nobody's on the internet.
GLOBAL_UNICAST = IPv6Network("2000::/3")
# Both have the IPv4 address that they stand for in their last 32 bits.
NAT64, COMPATIBLE = IPv6Network("64:ff9b::/96"), IPv6Network("::/96")
# Inside clouds their metadata answers there, and `is_global` does not know it.
OF_CLOUDS = (IPv4Network("192.0.0.0/24"), IPv4Network("168.63.129.16/32"))


class AddressRefused(Exception):
    """A host has an address that is neither public nor allowed."""

    def __init__(self, address: Address) -> None:
        super().__init__(f"{address} is not a public address.")


def resolve(host: str, port: int, networks: Networks, seconds: float) -> list[str]:
    """The addresses of a host, the best first.

    Raises AddressRefused if one of them may not be called, gaierror, and TimeoutError after so many seconds.
    """
    found = _looked_up(host, port, seconds)
    for address in found:
        if not may_be_called(address, networks):
            raise AddressRefused(address)
    return [str(address) for address in found]


def _looked_up(host: str, port: int, seconds: float) -> list[Address]:
    """What a resolver says, which can be waited for only as long as it likes: so that is done by a thread of its own.

    One that was given up ends when the resolver does, and keeps no process from ending.
    """
    told: Future[list[Any]] = Future()

    def ask() -> None:
        try:
            # As bytes, or Python would encode the name by itself and fail with errors of its own.
            told.set_result(socket.getaddrinfo(host.encode(), port, type=socket.SOCK_STREAM))
        except Exception as error:  # whatever it is, it is told to whoever waits
            told.set_exception(error)

    threading.Thread(target=ask, name="resolver", daemon=True).start()
    return [ip_address(entry[4][0]) for entry in told.result(seconds)]


def written(host: str) -> Address | None:
    """The address that a host is without asking anybody, in whatever way it is written; None for a name."""
    if host == "localhost" or host.endswith(".localhost"):
        return IPv4Address("127.0.0.1")
    try:
        found = socket.getaddrinfo(host.encode(), None, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        return None
    return ip_address(found[0][4][0])


def may_be_called(address: Address, networks: Networks) -> bool:
    meant = _meant(address)
    return _is_public(meant) or any(form in network for form in (address, meant) for network in networks)


def _meant(address: Address) -> Address:
    """The IPv4 address that an IPv6 one is a way to write, or a tunnel to; else the address itself."""
    if isinstance(address, IPv6Address):
        if address in NAT64 or address in COMPATIBLE:
            return IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or address
    return address


def _is_public(address: Address) -> bool:
    if address.is_multicast or not address.is_global:
        return False
    if isinstance(address, IPv6Address):
        return address in GLOBAL_UNICAST
    return not any(address in network for network in OF_CLOUDS)
