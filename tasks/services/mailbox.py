"""The demo's mailbox: a folder of mails that the catcher received."""

import datetime
import email
import logging
import os
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from tracker.lib.workdays import SHANGHAI

NAME = re.compile(r"\d{8}T\d{6}-\d{6}-[0-9a-f]{8}")
# Whoever reads the address has the account.
SECRET = re.compile(r"[^\s\"'<>]*/password/link/[^\s\"'<>]+")
NEWEST = 200
MAX_SIZE = 1_000_000  # of a mail; the demo's have a few kilobytes
MAX_HEAD = 64_000

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Mail:
    """A mail as the catcher received it."""

    id: str
    subject: str
    sender: str
    recipient: str
    received_at: datetime.datetime
    message_id: str
    text: str = ""
    html: str = ""


def folder() -> Path | None:
    """Where the mails lie; None where there is no catcher."""
    place: Path | None = settings.MAILBOX_DIR
    return place


def make_folder(place: Path) -> None:
    """Make the folder where it is missing, for its owner alone; its parents as they come."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.mkdir(mode=0o700, exist_ok=True)


def store(content: bytes, place: Path, *, now: datetime.datetime) -> str:
    """Write one mail; it appears whole or not at all, for its owner alone. Returns its id."""
    make_folder(place)
    mail_id = f"{now.astimezone(SHANGHAI):%Y%m%dT%H%M%S-%f}-{secrets.token_hex(4)}"
    beside = place / f".{mail_id}.part"
    with open(beside, "xb", opener=_private) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(place / f"{mail_id}.eml")
    return mail_id


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def list_mails(limit: int = NEWEST) -> list[Mail]:
    """The newest mails first, without their texts."""
    place = folder()
    if place is None or not place.is_dir():
        return []
    names = sorted((f.stem for f in place.glob("*.eml") if NAME.fullmatch(f.stem)), reverse=True)
    mails = (_read(place, name, whole=False) for name in names[:limit])
    return [mail for mail in mails if mail is not None]


def read_mail(mail_id: str) -> Mail | None:
    """One mail with its texts; None if there is no such mail."""
    place = folder()
    if place is None or not NAME.fullmatch(mail_id):
        return None
    return _read(place, mail_id, whole=True)


def _read(place: Path, mail_id: str, *, whole: bool) -> Mail | None:
    try:
        with (place / f"{mail_id}.eml").open("rb") as file:
            content = file.read(MAX_SIZE) if whole else _head(file.read(MAX_HEAD))
    except OSError:  # gone meanwhile, or not ours to read
        return None
    message = email.message_from_bytes(content, policy=default)
    return Mail(
        id=mail_id,
        subject=_header(message, "Subject") or _("（无主题）"),
        sender=_header(message, "From"),
        recipient=_header(message, "To"),
        received_at=_moment(mail_id),
        message_id=_header(message, "Message-ID"),
        text=_part(message, "plain") if whole else "",
        html=_part(message, "html") if whole else "",
    )


def is_to(mail: Mail, address: str) -> bool:
    """Whether the mail went to this address and to no other."""
    found = [one.lower() for _name, one in getaddresses([mail.recipient]) if one]
    return bool(address) and found == [address.lower()]


def without_links(mail: Mail) -> Mail:
    """The mail without the links with which a password is set."""
    words = _("（设置密码的链接，仅收件人可见）")
    return replace(mail, text=SECRET.sub(words, mail.text), html=SECRET.sub(words, mail.html))


def _head(content: bytes) -> bytes:
    """What stands before the first empty line."""
    return re.split(rb"\r?\n\r?\n", content, maxsplit=1)[0] + b"\n\n"


def _readable(what: str, read: Callable[[], Any]) -> str:
    """The text, or words in its place: one bad mail must not hide the others.

    The parsers of `email` raise errors of every kind over what strangers write.
    """
    try:
        text = str(read() or "")
    except Exception as error:
        logger.info("A mail's %s cannot be read: %r", what, error)
        return _("（无法读取）")
    return text.encode(errors="replace").decode()


def _moment(mail_id: str) -> datetime.datetime:
    stamp = mail_id.rsplit("-", 1)[0]
    return datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%S-%f").replace(tzinfo=SHANGHAI)


def _header(message: EmailMessage, name: str) -> str:
    return _readable(name, lambda: message[name]).strip()


def _part(message: EmailMessage, kind: str) -> str:
    def read() -> Any:
        part = message.get_body(preferencelist=(kind,))
        return part.get_content() if part is not None else ""

    return _readable(kind, read)
