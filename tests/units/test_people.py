"""`manage.py add_person`: an account with one role, or a sentence and nothing."""

import io
import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tests import factories as make
from units.models import AuditEntry, User

pytestmark = pytest.mark.django_db


def add(*words: str) -> str:
    out = io.StringIO()
    call_command("add_person", *words, stdout=out)
    return out.getvalue()


def test_the_printed_password_logs_in() -> None:
    unit = make.UnitFactory(name="重庆市能源局")
    said = add("zhang", "--name", "张三", "--role", "officer", "--in", "重庆市能源局")
    found = re.search(r"初始密码 (\S+)（", said)
    assert found is not None
    assert Client().login(username="zhang", password=found[1])
    membership = User.objects.get(username="zhang").memberships.get()
    assert (membership.role, membership.unit) == ("officer", unit)
    verbs = AuditEntry.objects.order_by("id").values_list("verb", flat=True)
    assert list(verbs)[:2] == ["user.add", "membership.add"]


def test_a_coordinator_belongs_to_an_office_and_an_inspector_to_a_place() -> None:
    office = make.OfficeFactory(name="重庆市双碳办")
    add("li", "--name", "李四", "--role", "coordinator", "--in", "重庆市双碳办")
    add("wang", "--name", "王五", "--role", "inspector", "--in", "500000")
    assert User.objects.get(username="li").memberships.get().office == office
    assert User.objects.get(username="wang").memberships.get().jurisdiction == office.jurisdiction


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["zhang", "--role", "chief", "--in", "重庆市能源局"], "chief"),
        (["zhang", "--role", "officer", "--in", "重庆市无此局"], "重庆市无此局"),
        (["zhang", "--role", "coordinator", "--in", "无此办"], "无此办"),
        (["zhang", "--role", "inspector", "--in", "999999"], "999999"),
        (["zhang san", "--role", "officer", "--in", "重庆市能源局"], "用户名"),
        (["taken", "--role", "officer", "--in", "重庆市能源局"], "已存在"),
        (["z", "--email", "no", "--role", "officer", "--in", "重庆市能源局"], "邮"),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_added(words: list[str], said: str) -> None:
    make.UnitFactory(name="重庆市能源局")
    make.UserFactory(username="taken")
    before = User.objects.count()
    with pytest.raises(CommandError, match=said):
        add(*words, "--name", "张三")
    assert User.objects.count() == before
