"""Where nothing may be sent: said at entry, and held to when the call is made."""

import ipaddress
import socket
import threading
import time
from typing import Any

import pytest

from tests.tasks.channels.conftest import Hook, hook, outer
from tracker.lib import outward
from tracker.lib.outward import Barred, check, check_resolved, post

__all__ = ["hook", "outer"]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org/hook",
        "ftp://example.org/",
        "file:///etc/passwd",
        "https://",
        "https://example.org:99999/",
        "https://example.org:x/",
        "https://[::1/",
        "https://exam ple.org/",
        "https://example.org/\r\nHost: inner",
        "https://例子.org/",
        f"https://example.org/{'a' * 1000}",
    ],
)
def test_an_address_that_is_none(outer: None, url: str) -> None:
    with pytest.raises(Barred, match="这不是一个网址"):
        check(url)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://example.org/", "https://"),
        ("https://me:word@example.org/", "用户名和密码"),
        ("https://example.org/#part", "#"),
    ],
)
def test_what_an_address_may_not_have(outer: None, url: str, sentence: str) -> None:
    with pytest.raises(Barred, match=sentence):
        check(url)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.9.9.9",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - an address that is refused
        "224.0.0.1",
        "255.255.255.255",
        "[::1]",
        "[::]",
        "[fe80::1]",
        "[fd00::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:10.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
    ],
)
def test_inner_addresses_are_refused(outer: None, host: str) -> None:
    with pytest.raises(Barred, match="内部网络"):
        check(f"https://{host}/hook")


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "017700000001", "localhost", "127.1"])
def test_other_spellings_are_refused_when_resolved(outer: None, host: str) -> None:
    with pytest.raises(Barred):
        check_resolved(f"https://{host}/hook")


def test_public_ones_are_open(outer: None) -> None:
    for text in ("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"):
        assert outward.is_open(ipaddress.ip_address(text))


def test_a_name_with_one_inner_address_among_others(
    outer: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    _names(monkeypatch, ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(Barred, match="内部网络"):
        check_resolved("https://example.org/")


def test_a_name_that_nobody_knows(outer: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: Any, **kwargs: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(Barred, match=r"找不到主机“example\.org”"):
        check_resolved("https://example.org/")


def test_a_resolver_that_says_nothing_is_not_waited_for(
    outer: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither at entry nor at the call: the time for all of it covers the name, too."""
    over = threading.Event()

    def silent(*args: Any, **kwargs: Any) -> Any:
        over.wait(30)
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    monkeypatch.setattr(outward, "SECONDS", 0.2)
    try:
        begun = time.monotonic()
        with pytest.raises(Barred, match=r"查找主机“example\.org”超过"):
            check_resolved("https://example.org/")
        with pytest.raises(TimeoutError):
            post("https://example.org/", b"{}", {})
        assert time.monotonic() - begun < 5
    finally:
        over.set()


def test_a_name_that_changes_after_entry_leads_nowhere(
    hook: Hook, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was public when it was entered; now it is the site's own."""
    settings.WEBHOOK_NETWORKS = []
    _names(monkeypatch, ["8.8.8.8"])
    check_resolved(f"http://example.org:{hook.port}/")
    _names(monkeypatch, ["127.0.0.1"])
    with pytest.raises(Barred):
        post(f"http://example.org:{hook.port}/", b"{}", {})
    assert not hook.calls


def test_the_call_goes_to_the_address_that_was_looked_at(
    hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is resolved once: a second answer would be another."""
    asked = _names(monkeypatch, ["127.0.0.1"])
    answer = post(f"http://example.org:{hook.port}/a?b=c", b"{}", {"X-One": "1"})
    assert (answer.status, answer.json()["errcode"]) == (200, 0)
    (call,) = hook.calls
    assert (call.path, call.heads["Host"]) == ("/a?b=c", f"example.org:{hook.port}")
    assert call.heads["X-One"] == "1"
    assert asked == ["example.org"]


def test_a_redirect_is_not_followed(hook: Hook) -> None:
    hook.status, hook.heads = 302, {"Location": "/elsewhere"}
    assert post(hook.url, b"{}", {}).status == 302
    assert len(hook.calls) == 1


def test_size_is_bounded(hook: Hook) -> None:
    hook.body = b"a" * (3 * outward.MOST_READ)
    assert len(post(hook.url, b"{}", {}).body) == outward.MOST_READ
    with pytest.raises(Barred, match="过大"):
        post(hook.url, b"a" * (outward.MOST_SENT + 1), {})


def test_time_is_bounded_also_for_one_that_drips(
    hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook.drip = threading.Event()
    monkeypatch.setattr(outward, "SECONDS", 0.5)
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        post(hook.url, b"{}", {})
    assert time.monotonic() - begun < 3


def test_a_certificate_is_asked_for(hook: Hook) -> None:
    with pytest.raises(OSError, match="SSL"):
        post(hook.url.replace("http://", "https://"), b"{}", {})


def test_nobody_listens(hook: Hook) -> None:
    with pytest.raises(OSError, match="refused"):
        post("http://127.0.0.1:1/", b"{}", {})


def _names(monkeypatch: pytest.MonkeyPatch, addresses: list[str]) -> list[str]:
    """The name has these addresses; returns who was asked for."""
    asked: list[str] = []

    def told(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        if host in addresses:  # to connect
            return REAL(host, port, *args, **kwargs)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", told)
    return asked


REAL = socket.getaddrinfo
