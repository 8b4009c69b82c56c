"""What an office sends by hand: told once, wanted until the unit has signed for it.

No rule makes it, so it has no steps; its row is written where it is sent.
"""

import datetime
from collections.abc import Iterable

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tasks.models import Notice, UrgeUnit
from tasks.services import notices
from tasks.services.urging import RULE
from units.models import Membership

URGE = RULE


def still_wanted(told: Iterable[Notice], today: datetime.date) -> set[int]:
    """Ids of those for which nobody has signed, to people who are still the unit's."""
    told = [notice for notice in told if notice.rule == URGE]
    if not told:
        return set()
    waiting = UrgeUnit.objects.unsigned().filter(unit__in={notice.unit_id for notice in told})
    units = {notices.urge_subject(pk): unit for pk, unit in waiting.values_list("pk", "unit")}
    posts = Membership.objects.current(today).filter(unit__in=set(units.values()))
    people = set(posts.values_list("unit", "user"))
    return {
        notice.pk for notice in told if (units.get(notice.subject), notice.recipient_id) in people
    }


def urged(notice: Notice) -> str:
    """A letter is to be signed for: units of the own side are urged, others are asked."""
    number = notice.params["things"]
    if notice.params["central"]:
        text = ngettext(
            "%(office)s就%(things)d项事项致函贵单位（%(code)s），请签收，%(day)s前函复为盼。",
            "%(office)s就%(things)d项事项致函贵单位（%(code)s），请签收，%(day)s前函复为盼。",
            number,
        )
    else:
        text = ngettext(
            "%(office)s就%(things)d项事项催办（%(code)s），请签收，并于%(day)s前回复。",
            "%(office)s就%(things)d项事项催办（%(code)s），请签收，并于%(day)s前回复。",
            number,
        )
    return text % {
        "office": notice.params["office"],
        "things": number,
        "code": notice.params["code"],
        "day": date_format(notice.due_on, _("n月j日")),
    }
