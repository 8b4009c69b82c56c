"""What a person is told of their own account, by no plan and no task: the password's end.

Steps are days, not working days: a password ends on a day off, too. Like all notices these are
made on working days alone, so that the first comes two weeks before the end and never on its day.
"""

import datetime
from collections.abc import Iterable, Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from tasks.models import Notice
from units.models import User
from units.services.passwords import ANNOUNCED

PASSWORD = "password_due"  # noqa: S105 - a rule's key
OWN = "own"  # told to the person, as the person


def notices(today: datetime.date) -> Iterator[tuple[Notice, datetime.date]]:
    """What is to be told on the day, each with the day on which its step was reached."""
    by = today + datetime.timedelta(days=ANNOUNCED[0])
    people = User.objects.password_expires_by(by).filter(is_active=True).order_by("pk")
    for person in people:
        ends_on = person.password_expires_on
        if ends_on is None or ends_on <= today or not person.has_usable_password():
            continue
        left = (ends_on - today).days
        step = min(days for days in ANNOUNCED if days >= left)
        yield _notice(person, ends_on, step, today), ends_on - datetime.timedelta(days=step)


def _notice(person: User, ends_on: datetime.date, step: int, today: datetime.date) -> Notice:
    return Notice(
        rule=PASSWORD,
        subject=f"password/{person.pk}",
        due_on=ends_on,
        step=-step,
        recipient=person,
        made_on=today,
        path=reverse("password_change"),
        params={
            "side": 0,
            "unit": "",
            "central": False,
            "plan": "碳责通",
            "task": "",
            "number": 0,
            "quarter": "",
            "days": 0,
            "verb": OWN,
            "plans": False,
        },
    )


def new(today: datetime.date) -> tuple[list[tuple[Notice, datetime.date]], int]:
    """Those that were not told before, and how many were."""
    found = list(notices(today))
    rows = Notice.objects.filter(rule=PASSWORD, recipient__in=[one.recipient for one, _on in found])
    told = set(rows.values_list("recipient_id", "due_on", "step"))
    left = [(one, on) for one, on in found if (one.recipient_id, one.due_on, one.step) not in told]
    return left, len(found) - len(left)


def store(today: datetime.date) -> dict[int, int]:
    """Store what is new; how many notices each person got."""
    made = [notice for notice, _on in new(today)[0]]
    Notice.objects.bulk_create(made, ignore_conflicts=True)
    return {notice.recipient_id: 1 for notice in made}


def still_wanted(told: Iterable[Notice]) -> set[int]:
    """Ids of those whose password still ends on the day that was told."""
    told = [notice for notice in told if notice.rule == PASSWORD]
    if not told:
        return set()
    people = User.objects.filter(is_active=True).in_bulk({notice.recipient_id for notice in told})
    return {
        notice.pk
        for notice in told
        if (person := people.get(notice.recipient_id))
        and person.password_expires_on == notice.due_on
    }


def password_due(notice: Notice) -> str:
    """The password ends soon."""
    return _("您的登录密码将于%(day)s到期，请在此之前修改；到期后须先修改密码才能使用系统。") % {
        "day": notice.due_on.isoformat()
    }
