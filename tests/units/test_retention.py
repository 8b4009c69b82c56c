"""Old months of the log go by the owner's command alone, and the chain goes on behind them."""

import datetime
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from tests.factories.units import site_person
from tests.history import recorded
from tests.units.test_seals import tamper
from units.models import AuditEntry, DayHead, MonthSeal, Seal
from units.services import audit, heads, month_seals, seals
from units.services.seals import Head
from units.services.verify import Fault, verify
from units.states import Role

pytestmark = pytest.mark.django_db
NOW = "2026-11-20T10:00:00+08:00"
MONTHS = ("2025-11", "2025-12", "2026-01", "2026-05")


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(NOW, tick=False), override_settings(AUDIT_RETENTION_MONTHS=6):
        yield


@pytest.fixture
def entries() -> list[AuditEntry]:
    """Three a month; one of December was sealed behind the first of January."""
    rows = [recorded() for _month in MONTHS for _n in range(3)]
    days = [f"{month}-1{n}T08:00:00Z" for month in MONTHS for n in range(3)]
    days[6] = "2025-12-31T15:59:59Z"  # a straggler: still December in Shanghai
    days[5] = "2025-12-31T16:00:00Z"  # January already
    for row, day in zip(rows, days, strict=True):
        tamper("UPDATE units_auditentry SET at = %s WHERE id = %s", day, row.pk)
    seals.seal()
    return rows


def drop(before: str) -> str:
    out = StringIO()
    with connection.cursor() as cursor:  # a command begins its own transaction
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    call_command("drop_audit_months", before=before, stdout=out)
    return out.getvalue()


def test_old_months_go_and_the_chain_holds(entries: list[AuditEntry]) -> None:
    end = Seal.objects.get(number=12)
    assert "2个月、5条" in drop("2026-01")
    assert list(AuditEntry.objects.filter(verb="test.made").order_by("pk")) == entries[5:]
    kept = MonthSeal.objects.values_list("month", "number", "count")
    assert list(kept) == [(datetime.date(2025, 11, 1), 3, 3), (datetime.date(2025, 12, 1), 5, 2)]
    assert verify(known=Head(12, end.digest)).holds
    assert "1个月、4条" in drop("2026-02"), "with the straggler"
    assert [row.number for row in MonthSeal.objects.all()] == [3, 5, 9]
    seals.seal()
    done = verify(known=Head(12, end.digest))
    assert (done.holds, done.dropped, done.head.number) == (True, 9, 14)
    assert AuditEntry.objects.filter(verb="audit.drop").count() == 2


def test_what_is_within_the_retention_stays(entries: list[AuditEntry]) -> None:
    drop("2026-05")
    with pytest.raises(CommandError, match="须保存6个月：最早只能清理2026-05以前"):
        drop("2026-06")
    assert AuditEntry.objects.filter(pk=entries[-1].pk).exists()


def test_a_log_that_does_not_hold_is_not_dropped(entries: list[AuditEntry]) -> None:
    tamper("UPDATE units_auditentry SET reason = 'x' WHERE id = %s", entries[1].pk)
    with pytest.raises(CommandError, match="核对不通过"):
        drop("2026-01")
    assert AuditEntry.objects.filter(pk=entries[0].pk).exists()


def months(sql: str) -> None:
    """As the owner of the tables may."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE units_monthseal DISABLE TRIGGER USER")
        cursor.execute(sql)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE units_monthseal SET digest = repeat('0', 64) WHERE number = 5",
        "UPDATE units_monthseal SET digest = repeat('0', 64) WHERE number = 3",
        "UPDATE units_monthseal SET number = 4 WHERE number = 3",
        "UPDATE units_monthseal SET count = 5 - count",
        "UPDATE units_monthseal SET month = '2024-01-01' WHERE number = 3",
        "DELETE FROM units_monthseal WHERE number = 3",
        "DELETE FROM units_monthseal",
        "INSERT INTO units_monthseal (month, number, digest, count, dropped_at) "
        "VALUES ('2025-10-01', 1, repeat('0', 64), 0, now())",
    ],
)
def test_the_seal_of_a_month_cannot_be_changed_unseen(
    entries: list[AuditEntry], change: str
) -> None:
    drop("2026-01")
    assert verify().holds
    months(change)
    assert not verify().holds


FORGED = """
INSERT INTO units_monthseal (month, number, digest, count, dropped_at)
SELECT '{month}', number, digest, number, now() FROM units_seal WHERE number = 8
"""
CUT = (
    "DELETE FROM units_auditentry WHERE id IN (SELECT entry_id FROM units_seal WHERE number <= 8)",
    "DELETE FROM units_seal WHERE number <= 8",
)


def test_a_begin_that_was_cut_off_as_if_dropped_is_named(entries: list[AuditEntry]) -> None:
    """With a month's seal forged over the gap, and then with the entry of a drop forged too."""
    old = Head(2, Seal.objects.get(number=2).digest)
    months(FORGED.format(month="2026-10-01"))
    for sql in CUT:
        tamper(sql)
    bad = verify().bad
    assert bad is not None
    assert (bad.fault, bad.number) == (Fault.REMOVED, 8)
    assert "没有哪条记录说清理过" in bad.sentence
    after = {"number": 8, "digest": month_seals.digest()}
    audit.record("audit.drop", None, by=None, after=after)
    bad = verify().bad
    assert bad is not None
    assert "保存期限以内" in bad.sentence
    months("UPDATE units_monthseal SET month = '2024-01-01'")
    audit.record("audit.drop", None, by=None, after=after | {"digest": month_seals.digest()})
    assert verify().holds, "but for who kept a mail, and the entry that tells of a drop"
    bad = verify(known=old).bad
    assert bad is not None
    assert "无从核对" in bad.sentence
    DayHead.objects.create(day="2026-09-01", number=old.number, digest=old.digest, count=2)
    bad = verify().bad
    assert bad is not None
    assert bad.fault == Fault.REMOVED


def test_a_head_of_a_month_that_was_dropped_still_agrees(entries: list[AuditEntry]) -> None:
    kept = Head(3, Seal.objects.get(number=3).digest)
    drop("2026-01")
    assert verify(known=kept).holds


def test_a_setting_below_six_months_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.exceptions import ImproperlyConfigured

    from tracker.given import number

    monkeypatch.setenv("AUDIT_RETENTION_MONTHS", "5")
    with pytest.raises(ImproperlyConfigured, match="不小于 6"):
        number("AUDIT_RETENTION_MONTHS", default=36, least=6)


def test_the_days_head_is_mailed_once(caplog: pytest.LogCaptureFixture) -> None:
    reader = site_person(Role.AUDIT_ADMIN)
    audit.record("test.made", None, by=None)
    call_command("mail_audit_head", stdout=StringIO())
    call_command("mail_audit_head", stdout=StringIO())
    head = DayHead.objects.get()
    line = f"{head.number}:{head.digest}"
    assert [(one.to, line in str(one.body)) for one in mail.outbox] == [([reader.email], True)]
    assert line in caplog.text
    heads.mail_head(today=datetime.date(2026, 11, 21))
    assert len(mail.outbox) == 2


def test_a_head_that_did_not_go_is_tried_again(settings: Any) -> None:
    site_person(Role.AUDIT_ADMIN)
    good, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "tests.units.test_retention.Refusing"
    assert heads.mail_head(today=datetime.date(2026, 11, 20)) is None
    assert not DayHead.objects.exists()
    settings.EMAIL_BACKEND = good
    assert heads.mail_head(today=datetime.date(2026, 11, 20)) is not None


class Refusing:
    """A mail server that is away."""

    def __init__(self, **kwargs: Any) -> None:
        """As Django's backends."""

    def send_messages(self, messages: Any) -> int:
        raise ConnectionRefusedError
