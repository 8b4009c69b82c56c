"""A plan's reminders as its offices set them, by page and by API."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tasks.models import Plan
from tasks.reminders.rules import RULES, steps_in
from tests.tasks.views.conftest import World, form_of, words
from units.models import AuditEntry, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
As = Callable[[User], Client]
KEY = "report_overdue"


def address(plan: Plan) -> str:
    return reverse("tasks:plan_reminders", args=[plan.code])


def api(plan: Plan) -> str:
    return reverse("api:plan-reminders", args=[plan.code])


def send(page: Client, plan: Plan, **values: object) -> Any:
    path = address(plan)
    return page.post(path, form_of(page, path) | values)


def kept(plan: Plan) -> Any:
    return Plan.objects.get(pk=plan.pk).reminder_settings


def test_every_rule_has_a_line_and_only_differences_are_kept(world: World, as_: As) -> None:
    page = as_(world.office)
    shown = words(page.get(address(world.plan)).text)
    for rule in RULES:
        assert str(rule.name) in shown
    values = {KEY: "2、＋4，9", f"{KEY}-repeat": 0, f"{KEY}-report.sign": 4}
    answer = send(page, world.plan, **values, **{f"{KEY}-report.review": 9})
    assert answer.status_code == 302
    own = {"on": True, "steps": [2, 4, 9], "repeat": 0}
    own |= {"tell": {"report.sign": 4, "report.review": 9}}
    assert kept(world.plan) == {"target_day": "03-31", "rules": {KEY: own}}
    assert steps_in(Plan.objects.get(pk=world.plan.pk))[KEY].steps == (2, 4, 9)
    entry = AuditEntry.objects.get(verb="plan.reminders")
    assert entry.actor == world.office
    assert send(page, world.plan).status_code == 302
    assert AuditEntry.objects.filter(verb="plan.reminders").count() == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({KEY: "7、3、1"}, "步骤须由早到晚、不重复：+3排在+7之后，请调整次序。"),
        ({KEY: "1、1、3、7"}, "步骤须由早到晚、不重复：+1排在+1之后，请调整次序。"),
        ({KEY: "-1、1、3、7"}, "步骤−1超出范围：本规则应在+1至+250个工作日之间。"),
        ({KEY: "1、三、7"}, "“三”不是工作日数"),
        ({KEY: ""}, "请填写"),
        ({KEY: "、".join(map(str, range(1, 14)))}, "请填写1至12个步骤，现为13个。"),
        ({KEY: "1、3、7、251"}, "步骤+251超出范围：本规则应在+1至+250个工作日之间。"),
        ({f"{KEY}-repeat": "often"}, "输入整数"),
        ({f"{KEY}-repeat": 251}, "250"),
        ({f"{KEY}-report.sign": ""}, "请填写"),
        ({"report_due": "-7、1"}, "步骤+1超出范围：本规则应在−250至0个工作日之间。"),
        ({KEY: "1、4、7"}, "升级须从所列的某一步开始：+3不在步骤之中。"),
        (
            {f"{KEY}-report.sign": 7, f"{KEY}-report.review": 3},
            "升级须逐级：后一级自+3起，早于前一级的+7。",
        ),
        ({"target_day": "02-29"}, "应写作“月-日”，如 03-31，且每年都有这一天；现为“02-29”。"),
        ({"target_day": "3月"}, "应写作“月-日”"),
    ],
)
def test_steps_out_of_order_are_refused_with_a_sentence(
    world: World, as_: As, values: dict[str, Any], sentence: str
) -> None:
    answer = send(as_(world.office), world.plan, **values)
    assert answer.status_code == 422
    assert sentence in words(answer.text)
    assert kept(world.plan) == {}


def test_all_that_is_wrong_is_said_at_once(world: World, as_: As) -> None:
    wrong = {KEY: "7、3、1", "task_due": "-7、三", "milestone_due": "1"}
    shown = words(send(as_(world.office), world.plan, **wrong).text)
    for sentence in ("+3排在+7之后", "“三”不是工作日数", "步骤+1超出范围"):
        assert shown.count(sentence) == 2, "in the summary and at the field"
    assert kept(world.plan) == {}


def test_who_saves_second_sees_what_the_other_has_set(world: World, as_: As) -> None:
    first, second = as_(world.office), as_(world.other_office)
    path = address(world.plan)
    mine = form_of(second, path)
    assert send(first, world.plan, **{"task_due": "-5、0"}).status_code == 302
    clash = second.post(path, mine | {"task_due": "-3、0"})
    assert clash.status_code == 409
    assert "-5、0" in words(clash.text)
    assert kept(world.plan)["rules"]["task_due"]["steps"] == [-5, 0]


def test_the_api_reads_and_changes_what_is_given(world: World, as_: As) -> None:
    office = as_(world.office)
    answer = office.get(api(world.plan))
    rule = answer.json()["rules"][KEY]
    assert rule["steps"] == [1, 3, 7]
    assert rule["first"] == "report.edit"
    body = {"rules": {KEY: {"steps": [1, 3, 7, 12]}, "task_due": {"on": False}}}
    tag = answer.headers["ETag"]
    asked: dict[str, Any] = {"content_type": "application/json", "headers": {"If-Match": tag}}
    changed = office.patch(api(world.plan), body, **asked)
    assert changed.status_code == 200
    assert changed.json()["rules"][KEY]["steps"] == [1, 3, 7, 12]
    assert kept(world.plan)["rules"].keys() == {KEY, "task_due"}
    assert office.patch(api(world.plan), body, **asked).status_code == 412
    asked["headers"] = {"If-Match": changed.headers["ETag"]}
    wrong = office.patch(api(world.plan), {"rules": {KEY: {"steps": [3, 1]}}}, **asked)
    assert wrong.status_code == 400
    assert "步骤须由早到晚" in str(wrong.json())
    unknown = office.patch(api(world.plan), {"rules": {"gone": {"on": True}}}, **asked)
    assert unknown.status_code == 400
    assert "没有名为“gone”的提醒规则" in str(unknown.json())


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"steps": []}, "请填写1至12个步骤，现为0个。"),
        ({"steps": list(range(1, 14))}, "请填写1至12个步骤，现为13个。"),
        ({"steps": [1, 1, 3, 7]}, "步骤须由早到晚、不重复"),
        ({"steps": ["三"]}, "整数"),
        ({"tell": {"report.edit": 1}}, "升级对象与本规则不符"),
        ({"tell": {"report.sign": 2}}, "升级须从所列的某一步开始"),
        ({"repeat": 300}, "重复间隔应为0（不重复）至250个工作日，现为300。"),
        ({"often": 3}, "often"),
    ],
)
def test_the_api_refuses_with_the_same_sentences(
    world: World, as_: As, rule: dict[str, Any], sentence: str
) -> None:
    office = as_(world.office)
    tag = office.get(api(world.plan)).headers["ETag"]
    asked: dict[str, Any] = {"content_type": "application/json", "headers": {"If-Match": tag}}
    answer = office.patch(api(world.plan), {"rules": {KEY: rule}}, **asked)
    assert answer.status_code == 400
    assert sentence in json.dumps(answer.json(), ensure_ascii=False)
    assert kept(world.plan) == {}


def test_others_read_but_do_not_change(world: World, as_: As) -> None:
    assert as_(world.stranger).get(address(world.plan)).status_code == 404
    assert as_(world.stranger).get(api(world.plan)).status_code == 200
