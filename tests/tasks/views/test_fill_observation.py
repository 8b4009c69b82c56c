"""Two who fill in one figure: the second reads both, and saves again knowingly."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from tasks.models import Observation
from tests.factories import TargetFactory, officer
from tests.tasks.views.conftest import World, words
from units.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Browser = Callable[[User], Client]


def typed(**changes: str) -> dict[str, str]:
    return {
        "basis": "年度", "year": "2025", "part": "", "value": "16.4", "action": "save",
        "source_words": "市统计局2025年公报", "version": "1", **changes,
    }  # fmt: skip


@pytest.mark.parametrize("mine", [True, False])
def test_a_stale_version_keeps_both_figures(world: World, as_: Browser, mine: bool) -> None:
    target = TargetFactory(plan=world.plan, year=2025, unit=world.side.unit)
    first = world.lead if mine else officer(world.side.unit, name="李某")
    as_(first).post(
        reverse("tasks:observe", args=[target.pk]),
        typed(value="15", note="先写的。", version="0", place=target.where),
    )
    row = Observation.objects.get()
    Observation.objects.update(version=2)
    address = reverse("tasks:observation_edit", args=[row.pk])
    second = as_(world.lead)
    changes = typed(value="16.4", place=target.where)
    clash = second.post(address, changes)
    assert clash.status_code == 409
    text = words(clash.text)
    whose = "您在另一窗口" if mine else "李某"
    assert f"{whose}于" in text
    told = "您在另一窗口保存的内容" if mine else "对方保存的内容"
    assert text.count(told) == 2  # the value and the note; what is the same is not repeated
    assert 'value="16.4"' in clash.text
    assert "先写的。" in text
    assert 'name="version" value="2"' in clash.text
    assert "请更正以下内容" not in text
    assert Observation.objects.get().value == Decimal("15")
    assert second.post(address, {**changes, "version": "2"}).status_code == 302
    assert Observation.objects.get().value == Decimal("16.4")
