"""A telephone stands whole in the books of those who have to call, masked in the other office's."""

import io
import zipfile
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from reports.books.making import make
from tests.factories import NOW, TODAY
from tests.reports.test_policy import QUARTER, cast
from units.models import User

__all__ = ["cast"]
URL = "/api/v1/report-runs/"
PHONES = {"重庆市能源局": "023-88170001", "四川省能源局": "028-88170002"}
MASKED = {"023-88170001": "023-****0001", "028-88170002": "028-****0002"}
WHOLE = {
    "coordinator": {"023-88170001"},
    "coordinator-sichuan": {"028-88170002"},
    "auditor": {"023-88170001"},
    "lead": {"023-88170001"},
    "admin": {"023-88170001", "028-88170002"},
}


@pytest.fixture
def phones(cast: dict[str, User]) -> None:
    """Of all people of the two units."""
    for unit, phone in PHONES.items():
        User.objects.filter(memberships__unit__name=unit).update(phone=phone)


def _texts(content: bytes) -> str:
    """All that stands in a file, and in the files within it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "".join(
            _texts(archive.read(part)) if part.endswith(".xlsx") else archive.read(part).decode()
            for part in archive.namelist()
        )


@pytest.mark.usefixtures("phones")
@pytest.mark.parametrize("who", WHOLE)
def test_books_tell_it_as_the_page_of_contacts(who: str, cast: dict[str, User]) -> None:
    wanted: dict[str, Any] = {"book": "status", "period": str(QUARTER), "plan": "joint-2022"}
    if who == "lead":
        wanted["lead_unit"] = "重庆市能源局"
    client = APIClient()
    client.force_authenticate(cast[who])
    with time_machine.travel(NOW, tick=True):
        run = int(client.post(URL, wanted, format="json").json()["id"])
        assert make(run, today=TODAY) is not None
        files = client.get(f"{URL}{run}/").json()["files"]
        told = "".join(_texts(client.get(one["url"]).getvalue()) for one in files)
    assert {phone for phone in MASKED if phone in told} == WHOLE[who]
    is_office = who.startswith("coordinator")
    hidden = {masked for phone, masked in MASKED.items() if phone not in WHOLE[who]}
    assert {masked for masked in MASKED.values() if masked in told} == (
        hidden if is_office else set()
    )
