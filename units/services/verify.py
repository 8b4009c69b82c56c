"""Verifying the log: walks the chain once, in even memory, and names the first bad entry."""

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext as _

from units.models import AuditEntry, DayHead, MonthSeal, Seal, User
from units.services import audit, month_seals, seals
from units.services.seals import FORMS, Head, digest_of

COLUMNS: Final = tuple(dict.fromkeys(name for form in FORMS.values() for name in form))
KEPT: Final = re.compile(r"(\d{1,18}):([0-9a-f]{64})")


class Fault(StrEnum):
    """What was done to the log."""

    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Bad:
    """The first thing that does not hold, in a sentence."""

    fault: Fault
    entry: int | None
    number: int | None
    sentence: str


@dataclass(frozen=True)
class Verified:
    """The outcome: how much was looked at, how fast, and what is wrong."""

    entries: int
    head: Head
    waiting: int
    seconds: float
    bad: Bad | None = None
    dropped: int = 0

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return self.bad is None

    @property
    def speed(self) -> int:
        """Entries a second."""
        return round(self.entries / self.seconds) if self.seconds else 0


def head_of(text: str) -> Head | None:
    """A head as mails write it, `number:digest`; None for what is none."""
    match = KEPT.fullmatch(text.strip().lower())
    return Head(int(match[1]), match[2]) if match else None


@transaction.atomic
def verify(*, known: Head | None = None) -> Verified:
    """Walk the whole chain; `known` is a head that somebody kept, as of a day's mail."""
    began = time.monotonic()
    walk = _Walk(seals.start(), _known(known))
    bad = _bad_months(walk.first) or _bad_known(known, walk.first) or walk.go() or _bad_strangers()
    return Verified(
        entries=walk.entries,
        head=walk.head,
        waiting=seals.waiting().count(),
        seconds=time.monotonic() - began,
        bad=bad,
        dropped=walk.first.number,
    )


def checked(by: User, *, known: Head | None = None) -> Verified:
    """Seal what waits and `verify`, on record with what was found: for pages and programs."""
    seals.seal()
    done = verify(known=known)
    after: dict[str, object] = {"holds": done.holds, "entries": done.entries}
    if done.bad is not None:
        after["sentence"] = done.bad.sentence
    audit.record("audit.verify", None, by=by, after=after)
    return done


def _known(one: Head | None) -> dict[int, str]:
    """Digests that stand elsewhere too, by number: of the days, and the one that was given."""
    found = dict(DayHead.objects.order_by("number").values_list("number", "digest"))
    if one is not None:
        found[one.number] = one.digest
    return found


class _Walk:
    """The way along the chain."""

    def __init__(self, first: Head, known: Mapping[int, str]) -> None:
        self.first = first
        self.head = first
        self.known = {number: digest for number, digest in known.items() if number >= first.number}
        self.entries = 0

    def go(self) -> Bad | None:
        """The first seal that does not hold."""
        if bad := self._other_than_known():
            return bad
        for row in _sealed_rows():
            if bad := self._bad(row):
                return bad
            self.head = Head(row["number"], row["digest"])
            self.entries += 1
            if bad := self._other_than_known():
                return bad
        return self._cut_off()

    def _bad(self, row: dict[str, Any]) -> Bad | None:
        number, entry = row["number"], row["entry_id"]
        if number != self.head.number + 1:
            return _bad_number(self.head.number + 1, number)
        if row["entry__source"] is None:
            text = _("第%(number)d号封存所指的记录%(entry)s不见了：记录被删除。")
            return _found(Fault.REMOVED, text, entry, number)
        if row["form"] not in FORMS:
            text = _("第%(number)d号封存（记录%(entry)s）的格式本程序不认识：请先升级程序。")
            return _found(Fault.UNREADABLE, text, entry, number)
        if digest_of(self.head.digest, _values(row), row["form"]) == row["digest"]:
            return None
        other = _with_that_digest(self.head.digest, row)
        if other is not None:
            text = _("第%(number)d号封存处，记录%(entry)s与记录%(other)s的次序被调换。")
            return _found(Fault.REORDERED, text, entry, number, other=other)
        text = _("记录%(entry)s（第%(number)d号封存）的内容或其封存被改动。")
        return _found(Fault.CHANGED, text, entry, number)

    def _other_than_known(self) -> Bad | None:
        digest = self.known.get(self.head.number)
        if digest is None or digest == self.head.digest:
            return None
        text = _("第%(number)d号封存的摘要与当日发出的摘要不一致：此前的记录和封存被一并改写。")
        return _found(Fault.CHANGED, text, None, self.head.number)

    def _cut_off(self) -> Bad | None:
        last = max(self.known, default=0)
        if last <= self.head.number:
            return None
        text = _("封存止于第%(end)d号，而第%(number)d号的摘要已经发出：末尾的记录和封存被删除。")
        return _found(Fault.REMOVED, text, None, last, end=self.head.number)


def _sealed_rows() -> Iterator[dict[str, Any]]:
    names = [f"entry__{name}" for name in COLUMNS if name != "id"]
    rows = Seal.objects.order_by("number")
    told = rows.values("number", "entry_id", "digest", "form", *names)
    yield from told.iterator(seals.CHUNK)


def _values(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": row["entry_id"]} | {
        name: row[f"entry__{name}"] for name in COLUMNS if name != "id"
    }


def _with_that_digest(before: str, row: Mapping[str, Any]) -> int | None:
    """The entry that this seal was made of, or behind which it stood; None: simply changed."""
    for other in AuditEntry.objects.order_by("pk").values(*COLUMNS).iterator(seals.CHUNK):
        number = other["id"]
        for known_as in {number, row["entry_id"]}:
            if digest_of(before, other | {"id": known_as}, row["form"]) == row["digest"]:
                return int(number)
    own = _values(row)
    for entry, digest in Seal.objects.values_list("entry_id", "digest").iterator(seals.CHUNK):
        if digest_of(digest, own, row["form"]) == row["digest"]:  # it stood behind another seal
            return int(entry)
    return None


def _bad_number(wanted: int, number: int) -> Bad:
    if number > wanted:
        text = _("第%(number)d号封存不见了，下一个是第%(next)d号：记录的封存被删除。")
        return _found(Fault.REMOVED, text, None, wanted, next=number)
    text = _("第%(number)d号封存属于已按月清理的部分，不应还在：封存或月封存被改动。")
    return _found(Fault.INSERTED, text, None, number)


def _bad_months(first: Head) -> Bad | None:
    """Of the months that were dropped: an entry tells of it, and they are as it left them."""
    total, number = month_seals.total(), first.number
    if total != number:
        text = _("按月清理时留下的封存对不上：合计%(total)d条，最后序号%(number)d。")
        return _found(Fault.CHANGED, text, None, number, total=total)
    if not MonthSeal.objects.exists():
        return None
    drop = month_seals.last_drop(number)
    if drop is None:
        text = _("第%(number)d号及以前的记录不在，而没有哪条记录说清理过它们：记录被删除。")
        return _found(Fault.REMOVED, text, None, number)
    if month_seals.within_retention(drop):
        text = _("记录%(entry)s清理到第%(number)d号时，其中的月份还在保存期限以内：记录被删除。")
        return _found(Fault.REMOVED, text, drop.pk, number)
    if month_seals.digest() != drop.after.get("digest"):
        text = _("按月清理时留下的月封存与清理时（记录%(entry)s）不一致：月封存被改动。")
        return _found(Fault.CHANGED, text, drop.pk, number)
    return None


def _bad_known(known: Head | None, first: Head) -> Bad | None:
    """A head that was given and can no more be compared is not passed over in silence."""
    if known is None or known.number >= first.number:
        return None
    month = MonthSeal.objects.filter(number=known.number).first()
    if month is not None and month.digest == known.digest:
        return None
    text = _(
        "所填的第%(number)d号已不在：记录到第%(end)d号为止按月清理过，无从核对。"
        "若那封邮件的日期在保存期限以内，就是记录被删除；否则请填较新的一封。"
    )
    return _found(Fault.REMOVED, text, None, known.number, end=first.number)


def _bad_strangers() -> Bad | None:
    """Entries that nobody wrote through the log's own door."""
    given = _last_given()
    stranger = AuditEntry.objects.filter(pk__gt=given).order_by("pk").first()
    if stranger is not None:
        text = _("记录%(entry)s的编号从未发出过（最大为%(given)d）：记录是插入的。")
        return _found(Fault.INSERTED, text, stranger.pk, None, given=given)
    since = seals.horizon()
    late = seals.unsealed().filter(at__lt=since).first() if since else None
    if late is None:
        return None
    text = _("记录%(entry)s早已过了封存期限而没有封存：记录是后来插入的。")
    return _found(Fault.INSERTED, text, late.pk, None)


def _last_given() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_sequence_last_value(pg_get_serial_sequence('units_auditentry', 'id'))"
        )
        row = cursor.fetchone()
    return int(row[0] or 0) if row else 0


def _found(fault: Fault, text: str, entry: int | None, number: int | None, **more: int) -> Bad:
    return Bad(fault, entry, number, text % {"entry": entry, "number": number, **more})
