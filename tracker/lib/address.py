"""Where a request comes from, for the audit log and the throttles alike."""

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

# Some proxies write the port too: 192.0.2.7:443, [2001:db8::7]:443.
_WITH_PORT = re.compile(r"\[(?P<six>[^\]]+)\](:\d+)?|(?P<four>[\d.]+):\d+")


def client_address(request: HttpRequest | Request) -> str | None:
    """The address that the outermost of NUM_PROXIES proxies saw; None where there is none.

    What stands before it in X-Forwarded-For is the client's own word and is not believed. A call
    that passed fewer proxies came another way: then the connection's address counts.
    """
    own = _address(request.META.get("REMOTE_ADDR") or "")
    proxies: int = settings.REST_FRAMEWORK["NUM_PROXIES"]
    passed = (request.META.get("HTTP_X_FORWARDED_FOR") or "").split(",")
    if not 0 < proxies <= len(passed):
        return own
    return _address(passed[-proxies]) or own


def _address(text: str) -> str | None:
    text = text.strip()
    if match := _WITH_PORT.fullmatch(text):
        text = match["six"] or match["four"]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(address)
