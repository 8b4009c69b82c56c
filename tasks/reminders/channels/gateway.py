"""A site's own gateway: signed JSON over HTTP, for SMS or 渝快政/浙政钉. docs/gateway.md."""

import hashlib
import hmac
import secrets
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from tasks.reminders.channels.base import Message, Refused, To, Unreachable
from tasks.reminders.channels.calling import body_of, call
from tracker.lib import workdays

VERSION = "v1"


class Gateway:
    """One call a message. The gateway knows a double by `id`."""

    def send(self, message: Message, to: To) -> None:
        """Return once the gateway has answered 2xx."""
        if not to.address:
            raise Refused(_("没有登记号码或账号"))
        if not settings.GATEWAY_URL:
            raise Unreachable(_("本站没有设置网关"), whole=True)
        body = body_of(_told(message, to))
        call(settings.GATEWAY_URL, body, heads(body, message.id))


def heads(body: bytes, number: str) -> dict[str, str]:
    """Timestamp, nonce and the signature of both with the body."""
    timestamp = str(int(workdays.now().timestamp()))
    nonce = secrets.token_hex(16)
    return {
        "X-Tanzetong-Timestamp": timestamp,
        "X-Tanzetong-Nonce": nonce,
        "X-Tanzetong-Signature": sign(settings.GATEWAY_SECRET, timestamp, nonce, body),
        "Idempotency-Key": number,
    }


def sign(secret: str, timestamp: str, nonce: str, body: bytes) -> str:
    """v1=<hex HMAC-SHA256 of timestamp.nonce.body>."""
    told = b".".join((timestamp.encode(), nonce.encode(), body))
    return f"{VERSION}={hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()}"


def _told(message: Message, to: To) -> dict[str, Any]:
    return {
        "version": 1,
        "id": message.id,
        "to": {"address": to.address, "name": to.name, "account": to.account},
        "subject": message.subject,
        "short": message.short,
        "text": message.text,
        "items": [
            {"sentence": item.sentence, "due_on": item.due, "url": item.url}
            for item in message.items
        ],
    }
