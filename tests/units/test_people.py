"""`manage.py add_person`: an account with one role, or a sentence and nothing."""

import datetime
import io
import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tests import factories as make
from tracker.lib.workdays import today
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
        (
            ["taken", "--role", "officer", "--in", "重庆市能源局"],
            "“taken”已存在：.*--add-role",
        ),
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


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_a_second_role_is_added_on_request_alone() -> None:
    make.OfficeFactory(name="重庆市双碳办")
    make.UnitFactory(name="重庆市能源局")
    add("zhang", "--name", "张三", "--role", "officer", "--in", "重庆市能源局")
    before = User.objects.get(username="zhang").password
    second = ["zhang", "--role", "coordinator", "--in", "重庆市双碳办"]
    with pytest.raises(CommandError, match="--add-role"):
        add(*second, "--name", "张三")
    add(*second, "--add-role")
    user = User.objects.get(username="zhang")
    assert sorted(user.memberships.values_list("role", flat=True)) == ["coordinator", "officer"]
    assert user.password == before
    assert AuditEntry.objects.filter(verb="membership.add").count() == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nobody", "--add-role"], "没有用户名“nobody”"),
        (["zhang", "--add-role"], "已有这一任职"),
        (["zhang", "--add-role", "--name", "李四"], "不改姓名和邮箱"),
        (["li"], "请用 --name 写明姓名"),
    ],
)
def test_what_does_not_fit_a_second_role_is_said(words: list[str], said: str) -> None:
    make.UnitFactory(name="重庆市能源局")
    add("zhang", "--name", "张三", "--role", "officer", "--in", "重庆市能源局")
    entries = AuditEntry.objects.count()
    with pytest.raises(CommandError, match=said):
        add(*words, "--role", "officer", "--in", "重庆市能源局")
    assert AuditEntry.objects.count() == entries


def test_a_forgotten_password_is_replaced_and_the_old_one_and_its_sessions_end() -> None:
    user = make.UserFactory(username="zhang", password="old-and-forgotten-2026")
    browser = Client()
    browser.force_login(user)
    found = re.search(r"新密码 (\S+)（", run("reset_password", "zhang"))
    assert found is not None
    assert Client().login(username="zhang", password=found[1])
    assert browser.get("/").status_code == 302
    assert AuditEntry.objects.filter(verb="user.password").exists()
    with pytest.raises(CommandError, match="没有用户名“nobody”"):
        run("reset_password", "nobody")


def test_who_leaves_is_out_at_once_and_what_was_done_stays() -> None:
    make.UnitFactory(name="重庆市能源局")
    add("zhang", "--name", "张三", "--role", "officer", "--in", "重庆市能源局")
    user = User.objects.get(username="zhang")
    browser = Client()
    browser.force_login(user)
    assert "已停用 张三（用户名 zhang）" in run("end_person", "zhang")
    assert browser.get("/").status_code == 302
    membership = user.memberships.get()
    assert (membership.until, User.objects.get(pk=user.pk).is_active) == (today(), False)
    assert not user.memberships.current(today() + datetime.timedelta(days=1)).exists()
    assert AuditEntry.objects.filter(verb="membership.end").count() == 1
    with pytest.raises(CommandError, match="已停用"):
        run("end_person", "zhang")
