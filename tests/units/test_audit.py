"""History cannot be changed, backdated or numbered by hand."""

import datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from tests.factories import UnitFactory, UserFactory
from tests.history import recorded
from units.models import AuditEntry
from units.services import audit
from units.states import Source

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry() -> AuditEntry:
    return recorded(after={"甲": 1}, reason="试验")


@pytest.mark.parametrize(
    "change", ["UPDATE units_auditentry SET verb = 'x'", "DELETE FROM units_auditentry"]
)
def test_the_database_refuses_to_change_an_entry(entry: AuditEntry, change: str):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(change)
    entry.refresh_from_db()
    assert entry.verb == "test.made"


def test_the_database_refuses_to_empty_the_log(entry: AuditEntry):
    # The suite drops this trigger for itself (tests/conftest.py); here it is put back.
    connection.cursor().execute(
        "SET CONSTRAINTS ALL IMMEDIATE; CREATE TRIGGER again BEFORE TRUNCATE ON units_auditentry "
        "FOR EACH STATEMENT EXECUTE FUNCTION units_auditentry_refuse()"
    )
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute("TRUNCATE units_auditentry CASCADE")
    assert AuditEntry.objects.filter(pk=entry.pk).exists()


FORGED = """
INSERT INTO units_auditentry (id, at, actor_name, unit_name, source, request_id, verb, object_type,
    object_id, object_name, before, after, reason)
OVERRIDING SYSTEM VALUE
VALUES (%s, '2020-01-01', '系统', '', 'command', '', 'test.forged', '', '', '', '{}', '{}', '')
"""


@pytest.mark.parametrize("number", [1, 10**15])
def test_a_forged_number_and_date_are_not_taken(entry: AuditEntry, number: int):
    connection.cursor().execute(FORGED, [number])
    forged = AuditEntry.objects.get(verb="test.forged")
    assert entry.pk < forged.pk < entry.pk + 100
    age = datetime.datetime.now(datetime.UTC) - forged.at
    assert datetime.timedelta(0) <= age < datetime.timedelta(minutes=5)
    after = recorded()
    assert after.pk > forged.pk
    assert AuditEntry.objects.get(pk=after.pk).verb == "test.made"


def test_a_program_with_a_wrong_clock_does_not_date_the_entry():
    with time_machine.travel("2020-01-01T00:00:00Z"):
        entry = recorded()
    assert entry.at.year > 2020


def test_entries_of_one_transaction_are_dated_in_their_order(entry: AuditEntry):
    later = recorded()
    assert entry.at < later.at


def test_an_entry_cannot_be_deleted_in_code(entry: AuditEntry):
    with pytest.raises(TypeError):
        entry.delete()


def test_an_entry_says_where_it_comes_from():
    with audit.context(Source.WEB, ip="192.0.2.7", request_id="r1"):
        entry = recorded()
    assert (entry.source, entry.ip, entry.request_id) == ("web", "192.0.2.7", "r1")
    assert recorded().source == "command"


def test_what_is_saved_is_compared_checked_and_told_together() -> None:
    unit = UnitFactory(name="甲局")
    by = UserFactory()
    assert not audit.save_changes(unit, {"name": "甲局"}, verb="unit.edit", by=by)
    assert not AuditEntry.objects.filter(verb="unit.edit").exists()
    with pytest.raises(ValidationError):
        audit.save_changes(unit, {"name": ""}, verb="unit.edit", by=by)
    unit.refresh_from_db()
    told = {"names": ["a"]}, {"names": ["b"]}
    assert audit.save_changes(unit, {"name": "甲局"}, verb="unit.edit", by=by, told=told)
    also = {"order": 77}
    assert audit.save_changes(unit, {"name": "乙局"}, verb="unit.edit", by=by, also=also)
    unit.refresh_from_db()
    assert (unit.name, unit.order) == ("乙局", 77)
    entries = AuditEntry.objects.filter(verb="unit.edit").order_by("pk")
    assert [(e.before, e.after) for e in entries] == [told, ({"name": "甲局"}, {"name": "乙局"})]
