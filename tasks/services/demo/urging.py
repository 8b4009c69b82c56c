"""What the demo's office has urged by hand: one unit has signed and answered, one has not."""

import datetime

from tasks.models import Urge, UrgeItem, UrgeUnit
from tasks.services.phone_calls import note
from tasks.services.urge_things import Chosen, Thing, outstanding
from tasks.services.urging import Letter, send, sign
from tracker.lib.workdays import SHANGHAI, add_workdays, workdays_between
from units.models import Membership, Unit, User
from units.states import Role

OFFICE = "coordinator"
SENT_AGO, ANSWERED_AGO = 4, 2  # working days
LINE = "请对照清单逐项办理；确有困难的，请在回复中说明原因和预计完成时间。"
ANSWER = "已安排专人办理，三季度进展将于本周内补报。"
CALL = "责任处室负责人接听，答复已报局领导审定，本周内报送。"


def make_urges(today: datetime.date) -> None:
    """One sending to a lead that has answered and to others that have not; one call."""
    office = User.objects.filter(username=OFFICE).first()
    if office is None:
        return
    leads = Unit.objects.filter(responsibilities__role="lead").distinct()
    chosen = Chosen(units=frozenset(leads.values_list("pk", flat=True)))
    found = _first_each(outstanding(office, chosen, today).things)
    if not found:
        return
    sent_on = add_workdays(today, -SENT_AGO)
    keys = frozenset(thing.key for thing in found)
    letter = Letter(LINE, add_workdays(today, 1))
    urge = send(Chosen(keys=keys), letter, by=office, now=_at(today, 9))
    _date_back(urge, _at(sent_on, 9))
    _answer(urge, today)
    last = Chosen(keys=frozenset({found[-1].key}))
    note(last, CALL, by=office, now=_at(add_workdays(today, -1), 10))


def _first_each(things: list[Thing]) -> list[Thing]:
    """Two things of each of three units, those with people who sign first."""
    staffed = set(
        Membership.objects.filter(role=Role.OFFICER)
        .exclude(unit=None)
        .values_list("unit", flat=True)
    )
    by_unit: dict[int, list[Thing]] = {}
    for thing in things:
        by_unit.setdefault(thing.side.unit_id, []).append(thing)
    ordered = sorted(by_unit.items(), key=lambda pair: pair[0] not in staffed)
    return [thing for _unit, some in ordered[:3] for thing in some[:2]]


def _date_back(urge: Urge, at: datetime.datetime) -> None:
    """As if it had been sent then, with as many days as things were late by then."""
    Urge.objects.filter(pk=urge.pk).update(made_at=at)
    for item in UrgeItem.objects.filter(part__urge=urge):
        item.params["days"] = max(0, workdays_between(item.due_on, at.date()))
        item.save(update_fields=["params"])


def _answer(urge: Urge, today: datetime.date) -> None:
    """The first unit that has somebody signs, and answers."""
    for part in UrgeUnit.objects.filter(urge=urge).order_by("pk"):
        person = User.objects.filter(
            memberships__unit=part.unit_id, memberships__role=Role.OFFICER
        ).first()
        if person is not None:
            sign(part, by=person, now=_at(add_workdays(today, -ANSWERED_AGO), 15), answer=ANSWER)
            return


def has_any() -> bool:
    """Something was urged."""
    return UrgeItem.objects.exists()


def _at(day: datetime.date, hour: int) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour), tzinfo=SHANGHAI)
