"""History cannot be changed."""

import pytest
from django.db import DatabaseError, connection, transaction

from units.models import AuditEntry
from units.services import audit
from units.states import Source

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry() -> AuditEntry:
    return audit.record("test.made", None, by=None, after={"甲": 1}, reason="试验")


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


def test_an_entry_cannot_be_deleted_in_code(entry: AuditEntry):
    with pytest.raises(TypeError):
        entry.delete()


def test_an_entry_says_where_it_comes_from():
    with audit.context(Source.WEB, ip="192.0.2.7", request_id="r1"):
        entry = audit.record("test.made", None, by=None)
    assert (entry.source, entry.ip, entry.request_id) == ("web", "192.0.2.7", "r1")
    assert audit.record("test.made", None, by=None).source == "command"
