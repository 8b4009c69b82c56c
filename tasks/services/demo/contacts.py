"""Contacts of duties, and two requests that wait for the security administrator."""

import datetime

from tasks.models import Responsibility
from tasks.services.demo.people import name_of, phone_of
from tracker.lib.workdays import SHANGHAI
from units.models import Unit, User
from units.services import requests
from units.services.newcomers import Newcomer
from units.services.people import Post
from units.states import Role

MISSING_EVERY = 6  # of the units, one has named nobody
FIRST_TURN = 200  # names and phones of their own
DIVISIONS = ("综合处", "规划处", "能源处", "环境处", "科技处", "产业处", "法规处")
NEWCOMERS = (
    ("coordinator", "重庆市能源局", Newcomer("demo-new-1", "周文博", "三级主任科员"), Role.OFFICER),
    ("coordinator", "重庆市科技局", Newcomer("demo-new-2", "何雅宁", "副处长"), Role.SIGNER),
)


def make_contacts() -> int:
    """Name somebody for most duties; says for how many."""
    duties = Responsibility.objects.select_related("unit__jurisdiction").order_by(
        "unit__jurisdiction__code", "unit__order", "unit", "pk"
    )
    turns: dict[int, int] = {}
    named = []
    for duty in duties:
        turn = turns.setdefault(duty.unit_id, len(turns))
        if turn % MISSING_EVERY == MISSING_EVERY - 1:
            continue
        number = FIRST_TURN + turn
        duty.leader = name_of(number)
        duty.liaison = name_of(number + 7)
        duty.division = DIVISIONS[turn % len(DIVISIONS)]
        duty.phone = phone_of(number, duty.unit.jurisdiction)
        named.append(duty)
    fields = ["leader", "liaison", "division", "phone"]
    Responsibility.objects.bulk_update(named, fields, batch_size=200)
    return len(named)


def make_requests(*, today: datetime.date) -> int:
    """Let a coordinator ask for two accounts, where coordinator and units are there."""
    now = datetime.datetime.combine(today, datetime.time(9, 30), SHANGHAI)
    made = 0
    for username, unit_name, newcomer, role in NEWCOMERS:
        by = User.objects.filter(username=username).first()
        unit = Unit.objects.filter(name=unit_name, responsibilities__isnull=False).first()
        if by is not None and unit is not None and by.memberships.exists():
            requests.ask_for_account(newcomer, Post(role, unit=unit), by=by, now=now)
            made += 1
    return made
