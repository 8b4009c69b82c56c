"""Who answers on purpose as no server should: ended in time, and never more than no answer."""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from tests.tasks.channels.conftest import outer
from tracker.lib import outward
from tracker.lib.outward import Answer, Barred, check, post

__all__ = ["outer"]

WELL = b"HTTP/1.1 200 OK\r\n"
CHUNKS = WELL + b"Transfer-Encoding: chunked\r\n\r\n"


def nameless(side: int) -> ssl.SSLContext:
    """TLS without certificates: what is tried here begins behind them."""
    context = ssl.SSLContext(side)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AECDH-AES256-SHA:@SECLEVEL=0")
    return context


@pytest.fixture
def answering(settings: Any) -> Iterator[Callable[..., str]]:
    """A server for one call, that says what it is told to; over TLS if it is to."""
    settings.WEBHOOK_PLAIN_HTTP = True
    settings.WEBHOOK_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]
    over, threads = threading.Event(), []

    def serve(*parts: bytes, tls: bool = False, again: bytes = b"") -> str:
        listening = socket.create_server(("127.0.0.1", 0))

        def run() -> None:
            with listening, suppress(OSError):
                wire, _address = listening.accept()
                if tls:
                    wire = nameless(ssl.PROTOCOL_TLS_SERVER).wrap_socket(wire, server_side=True)
                with wire:
                    wire.recv(65536)
                    for part in parts:
                        wire.sendall(part)
                    while again and not over.wait(0.05):
                        wire.sendall(again)

        threads.append(threading.Thread(target=run))
        threads[-1].start()
        port = listening.getsockname()[1]
        return f"{'https' if tls else 'http'}://127.0.0.1:{port}/hook"

    yield serve
    over.set()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("again", [b"X-Slow: a\r\n", b"a"])
def test_time_is_bounded_over_tls_too(
    answering: Callable[..., str], monkeypatch: pytest.MonkeyPatch, again: bytes
) -> None:
    client = nameless(ssl.PROTOCOL_TLS_CLIENT)
    monkeypatch.setattr(ssl, "create_default_context", lambda: client)
    monkeypatch.setattr(outward, "SECONDS", 0.5)
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        post(answering(WELL, tls=True, again=again), b"{}", {})
    assert time.monotonic() - begun < 2


def test_an_answer_over_tls(answering: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    client = nameless(ssl.PROTOCOL_TLS_CLIENT)
    monkeypatch.setattr(ssl, "create_default_context", lambda: client)
    body = b'{"errcode": 0}'
    told = post(answering(WELL + b"Content-Length: 14\r\n\r\n" + body, tls=True), b"{}", {})
    assert told == Answer(200, body)


@pytest.mark.parametrize("chunk", [b"-5\r\nabc", b"-1\r\nabc", b"zz\r\nabc", b"5\r\nab"])
def test_chunks_that_are_none(answering: Callable[..., str], chunk: bytes) -> None:
    """A size below nought is read as a mistake, not as 'all there is'."""
    with pytest.raises(ConnectionError):
        post(answering(CHUNKS + chunk), b"{}", {})


def test_endless_chunks_are_cut(answering: Callable[..., str]) -> None:
    chunk = b"1000\r\n" + b"a" * 0x1000 + b"\r\n"
    assert len(post(answering(CHUNKS + 40 * chunk), b"{}", {}).body) == outward.MOST_READ


@pytest.mark.parametrize("body", [b"[" * 60_000, b'{"a":' * 12_000, b'{"errcode":' + b"1" * 5000])
def test_a_body_nested_without_end_is_no_answer(body: bytes) -> None:
    assert Answer(200, body).json() == {}


def test_addresses_once_meant_for_sites_are_refused(outer: None) -> None:
    with pytest.raises(Barred, match="内部网络"):
        check("https://[fec0::1]/hook")
