"""Whom a webhook may call: what a name means is looked up once, and only public or allowed addresses are called."""

import datetime
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tuneyard.kit.config import Settings
from tuneyard.webhooks import calling
from tuneyard.webhooks.addresses import may_be_called
from tuneyard.webhooks.calling import Answer, Problem, post
from webhook_receiver import Receiver, receiving

LOOPBACK = (ip_network("127.0.0.0/8"),)
NAME = "hooks.example.com"


def call(url: str, networks: tuple[Any, ...] = LOOPBACK) -> Answer:
    return post(url, {"content-type": "text/plain"}, b"hello", networks, httpx.create_ssl_context())


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What names mean: each time they are looked up, the next address of theirs."""
    meant: dict[str, list[str]] = {}
    real = socket.getaddrinfo

    def getaddrinfo(host: bytes | str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        name = host.decode() if isinstance(host, bytes) else host
        found = meant.get(name)
        address = found.pop(0) if found and len(found) > 1 else found[0] if found else name
        return [entry for each in address.split() for entry in real(each.encode(), port, *args, **kwargs)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return meant


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
        *("192.0.0.192", "168.63.129.16", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00::1", "fec0::1", "ff02::1", "2001:db8::1"),
        # The same in the clothes of IPv6: mapped, compatible, 6to4, NAT64, Teredo.
        *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "2002:7f00:1::", "2002:a01:203::1"),
        *("64:ff9b::127.0.0.1", "64:ff9b::a01:203", "64:ff9b:1::1", "2001:0:7f00:1::"),
    ],
)
def test_what_is_not_public_is_not_called(address: str) -> None:
    assert not may_be_called(ip_address(address), ())


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2002:101:101::"]
)
def test_what_is_public_is_called(address: str) -> None:
    assert may_be_called(ip_address(address), ())


@pytest.mark.parametrize(("address", "allowed"), [("127.0.0.9", True), ("::ffff:127.0.0.9", True), ("10.0.0.1", False)])
def test_what_the_operator_allows_is_called(address: str, allowed: bool) -> None:
    assert may_be_called(ip_address(address), LOOPBACK) is allowed


def test_networks_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNEYARD_WEBHOOK_NETWORKS", " 10.1.0.0/16, fd00::/8 ")
    assert Settings().webhook_networks == (ip_network("10.1.0.0/16"), ip_network("fd00::/8"))
    monkeypatch.setenv("TUNEYARD_WEBHOOK_NETWORKS", "10.1.0.0/16 and more")
    with pytest.raises(ValueError, match="webhook_networks"):
        Settings()


@pytest.mark.parametrize("host", ["127.0.0.1", "[::ffff:127.0.0.1]", "0.0.0.0", "0x7f000001", "127.1", "localhost"])
def test_this_machine_is_not_called(receiver: Receiver, host: str) -> None:
    answer = call(receiver.url.replace("127.0.0.1", host), ())
    assert answer.problem == Problem.PRIVATE_ADDRESS
    assert answer.error
    assert "TUNEYARD_WEBHOOK_NETWORKS" in answer.error["message"]
    assert receiver.got == []


def test_one_bad_address_among_good_ones_is_enough(names: dict[str, list[str]]) -> None:
    names[NAME] = ["1.1.1.1 10.0.0.1"]
    assert call(f"http://{NAME}/").problem == Problem.PRIVATE_ADDRESS


def test_a_name_that_means_something_else_a_moment_later_is_called_where_it_was_looked_up(
    names: dict[str, list[str]], receiver: Receiver
) -> None:
    """Rebinding: allowed when it is looked at, 169.254.169.254 for whoever asks once more."""
    names[NAME] = ["127.0.0.1", "169.254.169.254"]
    assert call(receiver.url.replace("127.0.0.1", NAME)).status_code == 204
    assert receiver.got[0].headers["host"] == f"{NAME}:{receiver.port}"
    assert names[NAME] == ["169.254.169.254"]


def test_the_next_address_is_tried_when_nobody_takes_the_connection(
    names: dict[str, list[str]], receiver: Receiver
) -> None:
    names[NAME] = ["127.0.0.77 127.0.0.1"]
    assert call(receiver.url.replace("127.0.0.1", NAME)).status_code == 204


def test_a_resolver_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "LOOKUP_SECONDS", 0.2)
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: over.wait(10))
    began = time.monotonic()
    answer = call(f"http://{NAME}/")
    assert (answer.problem, time.monotonic() - began < 5) == (Problem.SLOW_RESOLVER, True)
    assert 0.1 < answer.seconds < 5
    over.set()


def test_a_redirect_is_an_answer_and_not_followed(receiver: Receiver) -> None:
    with receiving() as inside:
        receiver.status, receiver.headers = 302, {"Location": inside.url}
        answer = call(receiver.url)
        assert (answer.status_code, answer.delivered) == (302, False)
        assert inside.got == []


def test_no_proxy_of_the_environment_is_asked(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert call(receiver.url).status_code == 204


def test_nobody_there_is_told_in_words(names: dict[str, list[str]]) -> None:
    names["nobody.invalid"] = ["nobody.invalid"]
    assert call("http://nobody.invalid/").problem == Problem.UNKNOWN_HOST
    assert call(f"http://{'x' * 70}.example/").problem == Problem.UNKNOWN_HOST
    assert call("http://127.0.0.1:9/").problem == Problem.NO_CONNECTION


@contextmanager
def talking(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """The address of somebody who takes one connection and then does as they like."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                with suppress(OSError):
                    talk(connection)
                    connection.shutdown(socket.SHUT_WR)
                    # To close with something unread would reset the connection, and take back what was said.
                    while connection.recv(4096):
                        pass

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        thread.join()


@pytest.mark.parametrize(
    ("head", "piece", "problem"),
    [
        (b"", b"H", Problem.TIMEOUT),
        (b"HTTP/1.1 200 OK\r\n", b"x: y\r\n", Problem.TIMEOUT),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"y", None),
    ],
)
def test_whoever_answers_byte_by_byte_is_cut_off(
    monkeypatch: pytest.MonkeyPatch, head: bytes, piece: bytes, problem: Problem | None
) -> None:
    monkeypatch.setattr(calling, "TIMEOUT_SECONDS", 0.5)

    def talk(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in range(60):
            connection.sendall(piece)
            time.sleep(0.05)

    with talking(talk) as url:
        answer = call(url)
    assert (answer.problem, answer.delivered) == (problem, problem is None)
    assert 0.4 < answer.seconds < 1.5


def test_an_endless_answer_is_read_at_its_beginning_only() -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"y" * 4096)

    with talking(talk) as url:
        answer = call(url)
    assert (answer.delivered, answer.text) == (True, "y" * 1024)
    assert answer.seconds < 5


def test_what_is_no_web_server_is_told_so() -> None:
    with talking(lambda connection: connection.sendall(b"SSH-2.0-OpenSSH\r\n")) as url:
        assert call(url).problem == Problem.NO_HTTP


class TestTls:
    @pytest.fixture
    def trusted(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A certificate for NAME, and its key, that this machine trusts."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
        now = datetime.datetime.now(datetime.UTC)
        made = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(minutes=1))
            .not_valid_after(now + datetime.timedelta(hours=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
            .sign(key, hashes.SHA256())
        )
        pem = serialization.Encoding.PEM
        private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        (tmp_path / "both.pem").write_bytes(private + made.public_bytes(pem))
        (tmp_path / "trusted.pem").write_bytes(made.public_bytes(pem))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "trusted.pem"))
        return tmp_path / "both.pem"

    @pytest.fixture
    def secure(self, trusted: Path) -> Iterator[Receiver]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(trusted)
        with receiving(context) as found:
            yield found

    def test_the_certificate_is_checked_against_the_name_and_not_the_address(
        self, secure: Receiver, names: dict[str, list[str]]
    ) -> None:
        names[NAME] = names["other.example.com"] = ["127.0.0.1"]
        assert call(secure.url.replace("127.0.0.1", NAME)).status_code == 204
        for host in ("other.example.com", "127.0.0.1"):
            answer = call(secure.url.replace("127.0.0.1", host))
            assert answer.problem == Problem.TLS
            assert "certificate" in answer.cause
        assert len(secure.got) == 1
