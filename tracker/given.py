"""Settings as the environment gives them; what cannot be understood is refused in one sentence."""

import ipaddress
import os
import sys

from django.core.exceptions import ImproperlyConfigured

REFUSED = 3  # gunicorn.arbiter.Arbiter.WORKER_BOOT_ERROR: the master gives up
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"0", "false", "no", "off"})


def yes_no(name: str, *, default: bool) -> bool:
    """Read a switch; a word that is neither never turns a protection off."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if text.lower() not in YES | NO:
        raise ImproperlyConfigured(f"{name}={text}：只能是 1 或 0。")
    return text.lower() in YES


def number(name: str, *, default: int, least: int = 0) -> int:
    """Read a whole number that is not below the least one."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) >= least):
        raise ImproperlyConfigured(f"{name}={text}：应为不小于 {least} 的整数。")
    return int(text)


def numbers(name: str, *, default: tuple[int, ...]) -> tuple[int, ...]:
    """Read whole numbers between commas, each above 0."""
    texts = os.environ.get(name, "").replace(",", " ").split()
    if any(not (t.isascii() and t.isdecimal() and len(t) < 8 and int(t) > 0) for t in texts):
        raise ImproperlyConfigured(f"{name}={' '.join(texts)}：应为大于 0 的整数，多个以逗号隔开。")
    return tuple(map(int, texts)) or default


def networks(name: str) -> list[Network]:
    """Read networks between commas; a word that is none opens nothing."""
    found = []
    for text in os.environ.get(name, "").replace(",", " ").split():
        try:
            found.append(ipaddress.ip_network(text))
        except ValueError:
            raise ImproperlyConfigured(
                f"{name}={text}：应为网段，如 10.1.2.0/24，多个以逗号隔开。"
            ) from None
    return found


def leave_unless_understood() -> None:
    """End the program with one sentence where its settings cannot be read; servers call it."""
    from django.conf import settings

    try:
        _read = settings.TRACKER_ENV
    except ImproperlyConfigured as error:
        sys.stderr.write(f"拒绝启动：{error}\n")
        raise SystemExit(REFUSED) from None
