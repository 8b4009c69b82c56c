"""Calls to addresses that people entered: none of them may reach into the site's own network.

The name is resolved once, every address that it has is looked at, and the call goes to one that was
looked at: a name that answers otherwise a moment later leads nowhere else. No redirect is followed;
size and time are bounded.
"""

import http.client
import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

SECONDS = 10  # for all of it: name, connection, sending, answer
MOST_SENT = 256 * 1024
MOST_READ = 64 * 1024
LONGEST = 1000

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Barred(ValueError):
    """An address to which nothing is sent; the sentence says why and how to mend it."""


@dataclass(frozen=True)
class Answer:
    """What the other side said, cut to a bound."""

    status: int
    body: bytes

    def json(self) -> Mapping[str, Any]:
        """The object that it holds; empty for anything else."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):  # no UTF-8, no JSON, or nested without end
            return {}
        return found if isinstance(found, dict) else {}


def check(url: str) -> SplitResult:
    """The address in its parts; Barred for one that is none, or to which nothing may be sent.

    Says what can be said without the network, and of a bare number whether it is a public one.
    """
    parts = _parts(url)
    if parts.scheme == "http" and not settings.WEBHOOK_PLAIN_HTTP:
        raise Barred(_("地址须以 https:// 开头：明文传输的地址须由运维人员用设置允许。"))
    try:
        literal = ipaddress.ip_address(parts.hostname or "")
    except ValueError:
        return parts
    _check_public([literal])
    return parts


def check_resolved(url: str) -> None:
    """The same, and the name's addresses too: for the moment at which somebody enters it."""
    parts = check(url)
    try:
        _addresses(parts, time.monotonic() + SECONDS)
    except TimeoutError:
        raise Barred(
            _("查找主机“%(host)s”超过%(seconds)d秒没有结果：请稍后再试，或核对地址中的域名。")
            % {"host": parts.hostname, "seconds": SECONDS}
        ) from None
    except OSError:
        raise Barred(
            _("找不到主机“%(host)s”：请核对地址中的域名。") % {"host": parts.hostname}
        ) from None


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send it; Barred for an address as above, OSError for what does not answer in time."""
    if len(body) > MOST_SENT:
        raise Barred(_("内容过大，没有发送。"))
    parts = check(url)
    until = time.monotonic() + SECONDS
    with closing(_open(parts, until)) as wire, _cut_off(wire, until):
        if isinstance(wire, ssl.SSLSocket):
            wire.do_handshake()
        return _ask(parts, wire, body, headers)


def _open(parts: SplitResult, until: float) -> socket.socket:
    """A wire to an address that was looked at; TLS, not yet agreed upon, asks for the name."""
    wire = _wire(_addresses(parts, until), _port(parts), until)
    if parts.scheme == "http":
        return wire
    context = ssl.create_default_context()
    return context.wrap_socket(wire, server_hostname=parts.hostname, do_handshake_on_connect=False)


def _ask(
    parts: SplitResult, wire: socket.socket, body: bytes, headers: Mapping[str, str]
) -> Answer:
    """Ask over the wire; whatever is no answer of HTTP is as if there were none."""
    host, path = parts.hostname or "", parts.path or "/"
    connection = http.client.HTTPConnection(host, _port(parts))
    if parts.scheme == "https":
        connection.default_port = http.client.HTTPS_PORT  # so that Host names no port
    connection.sock = wire
    try:
        query = f"?{parts.query}" if parts.query else ""
        connection.request("POST", path + query, body=body, headers=dict(headers))
        answer = connection.getresponse()
        told = bytearray(MOST_READ)  # read() would believe a chunk's size below nought
        return Answer(answer.status, bytes(told[: answer.readinto(told)]))
    except (http.client.HTTPException, ValueError) as error:
        raise ConnectionError(type(error).__name__) from error
    finally:
        connection.close()


@contextmanager
def _cut_off(wire: socket.socket, until: float) -> Iterator[None]:
    """End the connection when the time is up: also one that drips a byte now and then."""
    over = threading.Event()

    def end() -> None:
        over.set()
        with suppress(OSError):
            # Of the socket beneath: TLS' own would take from a thread what it is reading with.
            socket.socket.shutdown(wire, socket.SHUT_RDWR)

    timer = threading.Timer(_left(until), end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except OSError as error:
        raise (TimeoutError() if over.is_set() else error) from error
    finally:
        timer.cancel()
    if over.is_set():
        raise TimeoutError


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        (parts.hostname or "").encode("idna")
    except ValueError:  # a port that is none, half a bracket, a label that is too long
        whole = False
    if not whole or len(url) > LONGEST or not url.isascii() or not url.isprintable() or " " in url:
        raise Barred(_("这不是一个网址：请填写完整地址，如 https://example.org/hook。"))
    if parts.username is not None or parts.password is not None:
        raise Barred(_("地址中不能带用户名和密码。"))
    if parts.fragment:
        raise Barred(_("地址中不能带“#”。"))
    return parts


def _port(parts: SplitResult) -> int:
    plain = parts.scheme == "http"
    return parts.port or (http.client.HTTP_PORT if plain else http.client.HTTPS_PORT)


def _addresses(parts: SplitResult, until: float) -> list[Address]:
    """All that the name has, each looked at."""
    found = _look_up(parts.hostname or "", _port(parts), until)
    addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    _check_public(addresses)
    return list(dict.fromkeys(addresses))


def _look_up(host: str, port: int, until: float) -> list[Any]:
    """Ask the resolver, which knows no limit of its own, for as long as there is time.

    One that is still waiting then is left to itself: its thread ends with the resolver's patience
    and holds up no process that ends.
    """
    told: Future[list[Any]] = Future()

    def ask() -> None:
        try:
            told.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            told.set_exception(error)

    threading.Thread(target=ask, name="outward-look-up", daemon=True).start()
    return told.result(_left(until))


def _check_public(addresses: list[Address]) -> None:
    if not addresses or not all(is_open(address) for address in addresses):
        raise Barred(
            _("地址指向本机或内部网络，不予访问：确需访问的，由运维人员用设置允许该网段。")
        )


def is_open(address: Address) -> bool:
    """A public address, or one of the networks that the settings allow."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or _nat64(address)
        if inner is not None:
            return is_open(inner)
        if address.teredo is not None:
            return False
    networks = settings.WEBHOOK_NETWORKS
    if any(address.version == network.version and address in network for network in networks):
        return True
    if isinstance(address, ipaddress.IPv6Address) and address.is_site_local:
        return False  # fec0::/10: no longer meant for anything, and still routed inside
    return address.is_global and not address.is_multicast and not address.is_reserved


def _nat64(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address inside 64:ff9b::/96."""
    if address in ipaddress.ip_network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return None


def _wire(addresses: list[Address], port: int, until: float) -> socket.socket:
    trouble: OSError = ConnectionError()
    for address in addresses:
        try:
            return socket.create_connection((str(address), port), timeout=_left(until))
        except OSError as error:
            trouble = error
    raise trouble


def _left(until: float) -> float:
    """What is left of the time; TimeoutError where nothing is."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
