"""Pasting a list of units: names are chosen, entered, left out."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories as make
from tests.tasks.views.conftest import World
from units.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Browser = Callable[[User], Client]


def paste(page: Client, world: World, names: str, **values: str) -> Any:
    side = str(world.side.side_id)
    sent = {"names": names, "role": "cooperating", "side": side, **values}
    return page.post(reverse("tasks:duties", args=[world.task.pk]), sent)


def test_a_name_that_is_not_known_is_chosen_or_entered(world: World, as_: Browser) -> None:
    make.UnitFactory(name="重庆市交通局")
    page = as_(world.office)
    names = "市交通厅、国网重庆市电力公司配合"
    answer = paste(page, world, names)
    assert answer.status_code == 422
    assert 'value="市交通厅|重庆市交通局"' in answer.text
    chosen = paste(page, world, names, choose="市交通厅|重庆市交通局")
    assert chosen.context["form"]["names"].value() == "重庆市交通局、国网重庆市电力公司配合"
    link = re.search(r'href="(/units/add/\?name=[^"]+)"', chosen.text)
    assert link
    address = html.unescape(link[1])
    form = page.get(address).context
    assert form["form"]["name"].value() == "国网重庆市电力公司"
    sent = {"name": "国网重庆市电力公司", "kind": "enterprise", "place": "", "back": form["back"]}
    back = page.post("/units/add/", sent, follow=True)
    assert back.context["form"]["names"].value() == "重庆市交通局、国网重庆市电力公司配合"
    taken = paste(page, world, "重庆市交通局、国网重庆市电力公司配合", take="1")
    assert taken.status_code == 302
    assert world.task.responsibilities.filter(unit__name="国网重庆市电力公司", side=None).exists()


def test_a_unit_does_not_lead_and_cooperate_in_one_task(world: World, as_: Browser) -> None:
    make.UnitFactory(name="重庆市交通局")
    page = as_(world.office)
    seen = paste(page, world, "重庆市能源局、重庆市交通局配合")
    assert seen.status_code == 200
    assert "已是牵头单位，已略去" in seen.text
    assert "加入这1个单位" in seen.text
    assert paste(page, world, "重庆市能源局、重庆市交通局配合", take="1").status_code == 302
    led = world.task.responsibilities.filter(unit=world.side.unit)
    assert [duty.role for duty in led] == ["lead"]
    alone = paste(page, world, "重庆市能源局配合", take="1")
    assert alone.status_code == 422
    assert "没有可加入的" in alone.text
    new = reverse("tasks:duty_new", args=[world.task.pk])
    sent = {"unit": "重庆市能源局", "role": "cooperating", "side": str(world.side.side_id)}
    single = page.post(new, sent)
    assert single.status_code == 422
    assert "已是牵头单位，不能同时列为配合单位" in single.text
