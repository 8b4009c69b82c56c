"""The demo's mailbox: a folder of mails that the catcher received."""

import datetime
import email
import os
import re
import secrets
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from tracker.lib.workdays import SHANGHAI

NAME = re.compile(r"\d{8}T\d{6}-\d{6}-[0-9a-f]{8}")
NEWEST = 200


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


def store(content: bytes, place: Path, *, now: datetime.datetime) -> str:
    """Write one mail; it appears whole or not at all. Returns its id."""
    place.mkdir(parents=True, exist_ok=True)
    mail_id = f"{now.astimezone(SHANGHAI):%Y%m%dT%H%M%S-%f}-{secrets.token_hex(4)}"
    beside = place / f".{mail_id}.part"
    with beside.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(place / f"{mail_id}.eml")
    return mail_id


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
        content = (place / f"{mail_id}.eml").read_bytes()
    except FileNotFoundError:
        return None
    message = email.message_from_bytes(content, policy=default)
    return Mail(
        id=mail_id,
        subject=str(message["Subject"] or "").strip() or _("（无主题）"),
        sender=str(message["From"] or ""),
        recipient=str(message["To"] or ""),
        received_at=_moment(mail_id),
        message_id=str(message["Message-ID"] or ""),
        text=_part(message, "plain") if whole else "",
        html=_part(message, "html") if whole else "",
    )


def _moment(mail_id: str) -> datetime.datetime:
    stamp = mail_id.rsplit("-", 1)[0]
    return datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%S-%f").replace(tzinfo=SHANGHAI)


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""
