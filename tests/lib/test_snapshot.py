"""What is read together agrees with itself, whatever others write meanwhile."""

from pathlib import Path

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from tests.at_once import at_once
from tests.factories import UnitFactory, UserFactory
from tracker.lib.snapshot import one_moment
from units.models import Unit
from units.services import exports

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_others_add_is_not_seen_within() -> None:
    UnitFactory()
    with one_moment():
        before = Unit.objects.count()
        at_once(UnitFactory)
        assert Unit.objects.count() == before
    assert Unit.objects.count() == before + 1


def test_a_workbook_has_as_many_rows_as_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person who is added between the counting and the reading is in neither."""
    client = Client()
    client.force_login(UserFactory(superuser=True))
    write = exports.write

    def later(*args: object, **words: object) -> bytes:
        at_once(UserFactory)
        return write(*args, **words)  # type: ignore[arg-type]

    monkeypatch.setattr(exports, "write", later)
    answer = client.get(reverse("units:people_excel"))
    assert answer.status_code == 200
    path = tmp_path / "list.xlsx"
    path.write_bytes(answer.getvalue())
    page = openpyxl.load_workbook(path).worksheets[0]
    words = next(str(cell.value) for cell in page[2] if "行" in str(cell.value))
    assert f"{page.max_row - 3}行" in words
