"""Who is told while somebody is away: entered by page and API, checked, told, ended."""

import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tasks.models import Notice
from tasks.reminders import make_notices
from tasks.reminders.wanted import still_wanted
from tests.factories import (
    NOW,
    OfficeFactory,
    PeriodFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    coordinator,
    joint_plan,
    officer,
)
from tests.factories.units import MembershipFactory
from tracker.lib.workdays import SHANGHAI
from units.models import AuditEntry, Deputy, Unit, User

pytestmark = pytest.mark.django_db
D = datetime.date
TODAY = D(2026, 11, 20)
JSON = "application/json"


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def unit() -> Unit:
    made: Unit = UnitFactory(name="重庆市能源局")
    return made


@pytest.fixture
def away(unit: Unit) -> User:
    return officer(unit, name="外出员")


@pytest.fixture
def there(unit: Unit) -> User:
    user: User = MembershipFactory(unit=unit, signer=True, user__name="在岗员").user
    return user


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def enter(by: User, unit: Unit, person: User, deputy: User, since: D, until: D) -> Any:
    values = {"person": person.pk, "deputy": deputy.pk, "since": since, "until": until}
    return browser(by).post(reverse("units:deputies", args=[unit.pk]), values)


def told(day: D) -> set[str]:
    Notice.objects.all().delete()
    now = datetime.datetime.combine(day, datetime.time(9), SHANGHAI)
    make_notices(today=day, now=now)
    return set(Notice.objects.values_list("recipient__name", flat=True))


def test_the_deputy_is_told_on_these_days_and_the_person_again_after(
    unit: Unit, away: User, there: User
) -> None:
    plan = joint_plan()
    PeriodFactory(plan=plan)
    ResponsibilityFactory(task=TaskFactory(plan=plan), unit=unit)
    answer = enter(away, unit, away, there, D(2026, 11, 23), D(2026, 11, 24))
    assert answer.status_code == 302
    assert AuditEntry.objects.get(verb="deputy.name").actor == away
    assert "外出员" in told(D(2026, 11, 20))
    assert told(D(2026, 11, 23)) == {"在岗员"}
    assert told(D(2026, 11, 24)) == {"在岗员"}
    assert "外出员" in told(D(2026, 11, 25))
    there.is_active = False
    there.save()
    assert told(D(2026, 11, 24)) == {"外出员"}, "a deputy who is gone loses nothing"


def test_what_waits_for_somebody_who_is_away_goes_to_the_deputy_alone(
    unit: Unit, away: User, there: User
) -> None:
    plan = joint_plan()
    PeriodFactory(plan=plan)
    ResponsibilityFactory(task=TaskFactory(plan=plan), unit=unit)
    assert told(D(2026, 10, 12)) == {"外出员"}
    waiting = Notice.objects.get(recipient=away)
    tuesday = D(2026, 10, 13)
    assert still_wanted([waiting], tuesday) == {waiting.pk}
    Deputy.objects.create(unit=unit, person=away, deputy=there, since=tuesday, until=tuesday)
    assert still_wanted([waiting], tuesday) == set()
    make_notices(today=tuesday, now=datetime.datetime.combine(tuesday, datetime.time(9), SHANGHAI))
    instead = Notice.objects.get(recipient=there, rule=waiting.rule, made_on=tuesday)
    assert instead.step == waiting.step
    assert still_wanted([instead], tuesday) == {instead.pk}


def test_only_people_of_the_unit_and_its_office_decide_who_is_away(
    unit: Unit, away: User, there: User
) -> None:
    ResponsibilityFactory(task=TaskFactory(plan=joint_plan()), unit=unit)
    office = coordinator(OfficeFactory())
    for person, status in ((there, 200), (office, 200), (officer(UnitFactory()), 404)):
        page = browser(person).get(reverse("units:deputies", args=[unit.pk]))
        assert page.status_code == status
    assert enter(office, unit, away, there, TODAY, TODAY).status_code == 302


def test_what_cannot_be_is_refused_with_a_sentence(unit: Unit, away: User, there: User) -> None:
    stranger = officer(UnitFactory(name="重庆市教委"), name="外单位员")
    day = datetime.timedelta(days=1)
    cases = [
        ((away, stranger, TODAY, TODAY), "选择一个有效的选项"),
        ((away, away, TODAY, TODAY), "代收人须是另一个人"),
        ((away, there, TODAY, TODAY - day), "止日不能早于起日"),
        ((away, there, TODAY - 5 * day, TODAY - day), "止日已过"),
        ((away, there, TODAY, TODAY + 400 * day), "最长一年"),
    ]
    for (person, deputy, since, until), sentence in cases:
        answer = enter(away, unit, person, deputy, since, until)
        assert answer.status_code == 422
        assert sentence in answer.text
    assert not Deputy.objects.exists()


def test_nobody_has_two_and_no_deputy_is_away(unit: Unit, away: User, there: User) -> None:
    third = officer(unit, name="第三人")
    assert enter(away, unit, away, there, TODAY, D(2026, 11, 27)).status_code == 302
    again = enter(away, unit, away, third, D(2026, 11, 27), D(2026, 11, 30))
    assert "外出员在2026-11-20至2026-11-27已由在岗员代收，请先结束。" in again.text
    chain = enter(away, unit, there, third, TODAY, TODAY)
    assert "请另选人或日期" in chain.text
    assert Deputy.objects.count() == 1


def test_ending_earlier_and_what_has_ended(unit: Unit, away: User, there: User) -> None:
    running = Deputy.objects.create(
        unit=unit, person=away, deputy=there, since=D(2026, 11, 18), until=D(2026, 11, 27)
    )
    page = browser(away)
    assert page.post(reverse("units:deputy_end", args=[running.pk])).status_code == 302
    running.refresh_from_db()
    assert running.until == D(2026, 11, 19)
    assert Deputy.objects.standing_in(TODAY) == {}
    api = browser(there)
    address = reverse("api:deputy-end", args=[running.pk])
    ended = api.post(address, {}, content_type="application/json")
    assert ended.status_code == 400
    assert "已于2026-11-19结束" in str(ended.json())
    later = Deputy.objects.create(
        unit=unit, person=away, deputy=there, since=D(2026, 12, 1), until=D(2026, 12, 5)
    )
    address = reverse("api:deputy-end", args=[later.pk])
    assert api.post(address, {}, content_type="application/json").status_code == 204
    assert not Deputy.objects.filter(pk=later.pk).exists()
    assert AuditEntry.objects.filter(verb="deputy.end").count() == 2


def test_the_api_tells_nothing_of_people_elsewhere(unit: Unit, away: User, there: User) -> None:
    stranger = officer(UnitFactory(name="重庆市教委"))
    body: dict[str, Any] = {"unit": unit.pk, "since": "2026-11-23", "until": "2026-11-24"}
    api, path = browser(away), reverse("api:deputy-list")
    for name in (stranger.username, "nobody-at-all"):
        answer = api.post(path, body | {"person": away.username, "deputy": name}, JSON)
        assert answer.status_code == 400
        assert "不是本单位现任人员的用户名" in str(answer.json())
    made = api.post(path, body | {"person": away.username, "deputy": there.username}, JSON)
    assert made.status_code == 201
    assert made.json()["deputy"] == there.username
    listed = api.get(path).json()["results"]
    assert [row["unit"] for row in listed] == ["重庆市能源局"]
    assert browser(stranger).get(path).json()["results"] == []
