"""A password's end is told by mail and in the list, two weeks before and then ever closer."""

import datetime
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.core.management import call_command

from tasks.models import Digest, Notice
from tasks.reminders.delivery import deliver
from tasks.reminders.personal import PASSWORD
from tasks.reminders.run import make_notices
from tests.factories import UserFactory
from tracker.lib.workdays import SHANGHAI, is_workday
from units.services import passwords

pytestmark = pytest.mark.django_db
SET_AT = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)  # ends on a Sunday, 5-31
ENDS = datetime.date(2026, 5, 31)
DAY = datetime.timedelta(days=1)


def at(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(8), SHANGHAI)


def run(day: datetime.date) -> None:
    make_notices(today=day, now=at(day))


def told() -> list[tuple[int, datetime.date]]:
    rows = Notice.objects.filter(rule=PASSWORD).order_by("pk")
    return [(notice.step, notice.made_on) for notice in rows]


def test_each_step_once_on_working_days_and_never_first_on_the_last() -> None:
    UserFactory(password_set_at=SET_AT)
    for back in range(30, -5, -1):
        run(ENDS - back * DAY)
        run(ENDS - back * DAY)
    assert told() == [
        (-14, datetime.date(2026, 5, 18)),  # two weeks before is a Sunday
        (-7, datetime.date(2026, 5, 25)),
        (-3, datetime.date(2026, 5, 28)),
    ]
    assert all(is_workday(day) for _step, day in told())


def test_a_run_that_was_missed_is_made_up_with_the_newest_step() -> None:
    UserFactory(password_set_at=SET_AT)
    run(datetime.date(2026, 5, 29))
    assert told() == [(-3, datetime.date(2026, 5, 29))]


def test_who_has_no_password_or_no_account_is_told_nothing(settings: Any) -> None:
    UserFactory(password_set_at=SET_AT, is_active=False)
    UserFactory(password_set_at=SET_AT, password=make_password(None))
    run(ENDS - 3 * DAY)
    assert told() == []
    settings.PASSWORD_MAX_AGE_DAYS = 0
    UserFactory(password_set_at=SET_AT)
    run(ENDS - 2 * DAY)
    assert told() == []


def test_the_mail_says_the_day_and_leads_to_the_page() -> None:
    UserFactory(password_set_at=SET_AT)
    run(ENDS - 3 * DAY)
    assert deliver(Digest.objects.get().pk, now=at(ENDS - 3 * DAY)) == "sent"
    text = mail.outbox[0].body
    assert "您的登录密码将于2026-05-31到期" in str(text)
    assert "/password/" in str(text)


def test_what_has_been_changed_meanwhile_is_told_no_more() -> None:
    user = UserFactory(password_set_at=SET_AT)
    day = ENDS - 3 * DAY
    run(day)
    passwords.set_password(user, "Niu-bi-Plan-2026", by=user, now=at(day))
    assert deliver(Digest.objects.get().pk, now=at(day)) == "nothing_left"
    assert mail.outbox == []


def test_the_dry_run_says_why(capsys: Any) -> None:
    UserFactory(password_set_at=SET_AT, name="张三")
    call_command("send_reminders", "--on", str(ENDS - 3 * DAY), "--dry-run")
    said = capsys.readouterr().out
    assert "张三" in said
    assert "密码将到期" in said
    assert "本人；到期前3天（2026-05-28起）" in said
