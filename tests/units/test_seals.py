"""The chain of seals: what an owner of the database changes by hand is found and named."""

import datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from tests.history import recorded
from units.models import AuditEntry, DayHead, Seal
from units.services import audit, seals
from units.services.seals import FORMS, Head
from units.services.verify import Bad, Fault, verify

pytestmark = pytest.mark.django_db
ENTRIES = 12


@pytest.fixture
def entries() -> list[AuditEntry]:
    """Sealed ones, in two runs."""
    rows = [recorded(after={"数": n, "z": [1, None]}, reason=f"第{n}") for n in range(ENTRIES)]
    assert seals.seal(most=5).entries == ENTRIES
    assert verify().holds
    return rows


def tamper(sql: str, *params: Any) -> None:
    """As the owner of the tables may: with the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for word in ("DISABLE", "ENABLE"):
            for table in ("units_auditentry", "units_seal", "units_dayhead"):
                cursor.execute(f"ALTER TABLE {table} {word} TRIGGER USER")
            if word == "DISABLE":
                cursor.execute(sql, params)


def found() -> Bad:
    """What the verification names; the command says the same and fails."""
    bad = verify().bad
    assert bad is not None
    with pytest.raises(CommandError, match=r"第|记录") as error:
        call_command("verify_audit", stdout=StringIO())
    assert str(error.value) == bad.sentence
    return bad


def test_every_column_of_the_log_is_sealed() -> None:
    """A new column needs a new form in units/services/seals.py."""
    assert set(FORMS[seals.FORM]) == {field.attname for field in AuditEntry._meta.concrete_fields}


def test_sealing_goes_on_where_it_ended(entries: list[AuditEntry]) -> None:
    assert seals.seal().entries == 0
    late = recorded()
    done = seals.seal()
    assert (done.entries, done.head.number) == (1, ENTRIES + 1)
    assert Seal.objects.get(number=ENTRIES + 1).entry_id == late.pk
    assert list(Seal.objects.values_list("number", flat=True)) == list(range(1, ENTRIES + 2))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE units_seal SET digest = repeat('0', 64)",
        "DELETE FROM units_seal",
    ],
)
def test_the_database_refuses_to_change_a_seal(entries: list[AuditEntry], change: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(change)
    assert verify().holds


COLUMNS = {
    "verb": "'x'", "actor_name": "'x'", "unit_name": "'x'", "source": "'web'", "ip": "'192.0.2.9'",
    "request_id": "'x'", "object_type": "'x'", "object_id": "'x'", "object_name": "'x'",
    "result": "'refused'", "before": "'{\"x\": 1}'", "after": "'{}'", "reason": "''",
    "at": "at + interval '1 microsecond'",
}  # fmt: skip


@pytest.mark.parametrize("column", COLUMNS)
def test_a_changed_entry_is_named(entries: list[AuditEntry], column: str) -> None:
    victim = entries[4]
    change = f"{column} = {COLUMNS[column]}"
    tamper(f"UPDATE units_auditentry SET {change} WHERE id = %s", victim.pk)  # noqa: S608 - fixed
    bad = found()
    assert (bad.fault, bad.entry, bad.number) == (Fault.CHANGED, victim.pk, 5)


def test_the_first_of_two_is_named(entries: list[AuditEntry]) -> None:
    for victim in (entries[9], entries[2]):
        tamper("UPDATE units_auditentry SET reason = '' WHERE id = %s", victim.pk)
    assert found().entry == entries[2].pk


def test_a_removed_entry_is_named(entries: list[AuditEntry]) -> None:
    tamper("DELETE FROM units_auditentry WHERE id = %s", entries[6].pk)
    bad = found()
    assert (bad.fault, bad.entry) == (Fault.REMOVED, entries[6].pk)


def test_an_entry_removed_with_its_seal_is_found(entries: list[AuditEntry]) -> None:
    tamper("DELETE FROM units_seal WHERE number = 7")
    tamper("DELETE FROM units_auditentry WHERE id = %s", entries[6].pk)
    bad = found()
    assert (bad.fault, bad.number) == (Fault.REMOVED, 7)


def test_a_new_digest_on_a_changed_entry_breaks_the_next(entries: list[AuditEntry]) -> None:
    victim = entries[4]
    tamper("UPDATE units_auditentry SET reason = 'x' WHERE id = %s", victim.pk)
    row = AuditEntry.objects.filter(pk=victim.pk).values(*FORMS[seals.FORM]).get()
    digest = seals.digest_of(Seal.objects.get(number=4).digest, row)
    tamper("UPDATE units_seal SET digest = %s WHERE number = 5", digest)
    assert (found().fault, found().number) == (Fault.CHANGED, 6)


def test_entries_that_changed_places_are_named(entries: list[AuditEntry]) -> None:
    one, other = entries[3].pk, entries[8].pk
    for old, new in ((one, -1), (other, one), (-1, other)):
        tamper("UPDATE units_auditentry SET id = %s WHERE id = %s", new, old)
    bad = found()
    assert (bad.fault, bad.entry) == (Fault.REORDERED, one)
    assert str(other) in bad.sentence


def test_seals_that_changed_places_are_named(entries: list[AuditEntry]) -> None:
    for old, new in ((3, -1), (4, 3), (-1, 4)):
        tamper("UPDATE units_seal SET number = %s WHERE number = %s", new, old)
    assert (found().fault, found().number) == (Fault.REORDERED, 3)


INSERT = """
INSERT INTO units_auditentry (id, at, actor_name, unit_name, source, request_id, verb, object_type,
    object_id, object_name, before, after, reason)
OVERRIDING SYSTEM VALUE
VALUES (%s, %s, '系统', '', 'command', '', 'test.forged', '', '', '', '{}', '{}', '')
"""


def test_an_entry_slipped_in_later_is_named(entries: list[AuditEntry]) -> None:
    old = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    tamper(INSERT, entries[0].pk - 1_000_000, old)
    bad = found()
    assert (bad.fault, bad.entry) == (Fault.INSERTED, entries[0].pk - 1_000_000)
    assert seals.seal().entries == 0, "the sealer must not make it honest"


def test_a_number_that_was_never_given_is_named(entries: list[AuditEntry]) -> None:
    number = entries[-1].pk + 1_000_000
    tamper(INSERT, number, datetime.datetime.now(datetime.UTC))
    assert (found().fault, found().entry) == (Fault.INSERTED, number)


def test_a_tail_that_was_cut_off_is_found_by_the_days_head(entries: list[AuditEntry]) -> None:
    end = seals.head()
    DayHead.objects.create(
        day=datetime.date(2026, 11, 20), number=end.number, digest=end.digest, count=end.number
    )
    tamper("DELETE FROM units_seal WHERE number > 9")
    tamper("DELETE FROM units_auditentry WHERE id > %s", entries[8].pk)
    assert (found().fault, found().number) == (Fault.REMOVED, ENTRIES)
    tamper("DELETE FROM units_dayhead")
    assert verify().holds, "inside the database nothing tells of it any more"
    bad = verify(known=end).bad
    assert bad is not None, "the mail does"
    assert bad.fault == Fault.REMOVED
    with pytest.raises(CommandError):
        call_command("verify_audit", head=f"{end.number}:{end.digest}", stdout=StringIO())


def test_a_chain_made_anew_differs_from_the_mail(entries: list[AuditEntry]) -> None:
    end = seals.head()
    tamper("UPDATE units_auditentry SET reason = 'x' WHERE id = %s", entries[0].pk)
    tamper("DELETE FROM units_seal")
    seals.seal()
    assert verify().holds
    bad = verify(known=end).bad
    assert bad is not None
    assert bad.fault == Fault.CHANGED


def test_what_waits_is_no_fault(entries: list[AuditEntry]) -> None:
    audit.record("test.made", None, by=None)
    done = verify()
    assert (done.holds, done.waiting, done.entries) == (True, 1, ENTRIES)


def test_a_head_must_be_written_as_one() -> None:
    with pytest.raises(CommandError, match="序号"):
        call_command("verify_audit", head="x", stdout=StringIO())
    assert verify(known=Head(0, seals.FIRST)).holds
