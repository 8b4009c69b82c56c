"""Why a notice is to be made, in words for the dry run."""

from django.utils.translation import gettext as _

from tasks import policy
from tasks.reminders import by_hand, personal
from tasks.reminders.engine import Planned
from units.states import Role

CAPACITIES: dict[str, Role] = {**policy.HOLDING_ROLES}


def capacity(verb: str) -> str:
    """What somebody is who is told for the verb."""
    role = CAPACITIES.get(verb)
    if role == Role.COORDINATOR:
        return _("协调办公室")
    return str(role.label) if role else ""


def because(planned: Planned) -> str:
    """In which capacity the person is told, and since when the step stands."""
    notice = planned.notice
    if notice.rule == personal.PASSWORD:
        text = _("本人；到期前%(n)d天（%(day)s起）")
    elif notice.rule == by_hand.URGE:
        text = _("%(office)s%(day)s发函")
    elif notice.step < 0:
        text = _("%(who)s；到期前%(n)d个工作日（%(day)s起）")
    elif notice.step == 0:
        text = _("%(who)s；到期当日（%(day)s起）")
    else:
        text = _("%(who)s；到期后%(n)d个工作日（%(day)s起）")
    return text % {
        "who": capacity(notice.params["verb"]),
        "office": notice.params.get("office", ""),
        "n": abs(notice.step),
        "day": planned.reached_on.isoformat(),
    }
