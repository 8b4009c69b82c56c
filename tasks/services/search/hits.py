"""What is shown of a row that was found: the same for the page, the drop-down and the API."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from tasks.models import Action, Plan, Target, Task
from tasks.services.search.find import Kind
from tasks.states import LightWord
from tracker.lib.search import excerpt, fold
from tracker.lib.text import listed
from units.models import Unit


@dataclass(frozen=True)
class Hit:
    """`about` says where the row belongs, `text` is what it says besides, as far as it matters."""

    kind: Kind
    row: Any
    title: str
    about: str
    text: str
    url: str
    light: LightWord | None = None
    leads: tuple[str, ...] = ()


def hit_of(kind: Kind, row: Any, words: Sequence[str], today: datetime.date) -> Hit:
    """What is shown of the row; asks the database for nothing more."""
    title, about, text, url = _DESCRIBED[kind](row, words)
    if kind != Kind.TASK:
        return Hit(kind, row, title, about, text, url)
    leads = tuple(side.unit.name for side in row.leads)
    return Hit(kind, row, title, about, text, url, row.light_word(today), leads)


Described = tuple[str, str, str, str]


def _task(task: Task, words: Sequence[str]) -> Described:
    about = " ".join(filter(None, [task.plan.name, task.clause]))
    shown = fold(f"{task} {about}")
    lacking = [word for word in words if word not in shown]
    text = excerpt(task.summary, lacking) if lacking else ""
    return str(task), about, text, task.get_absolute_url()


def _unit(unit: Unit, words: Sequence[str]) -> Described:
    place = unit.jurisdiction.name if unit.jurisdiction else _("中央单位")
    about = [place, str(unit.get_kind_display())]
    if unit.successor_id:
        about.append(_("现为%(unit)s") % {"unit": unit.successor})
    elif unit.abolished_on is not None:
        about.append(_("已于%(day)s撤销") % {"day": unit.abolished_on})
    lacking = [word for word in words if word not in fold(unit.name)]
    others = [
        f"{name.get_kind_display()} {name.name}"
        for name in unit.names.all()
        if any(word in fold(name.name) for word in lacking)
    ]
    return unit.name, " ".join(about), listed(others), reverse("tasks:unit", args=[unit.pk])


def _target(target: Target, words: Sequence[str]) -> Described:
    where = target.place_name or (target.place.name if target.place else "")
    year = _("%(year)s年") % {"year": target.year} if target.year else ""
    about = " ".join(filter(None, [target.plan.name, target.clause, where, year]))
    return str(target.indicator), about, target.promise, target.get_absolute_url()


def _plan(plan: Plan, words: Sequence[str]) -> Described:
    about = [plan.number, str(plan.get_status_display())]
    return plan.title, " ".join(filter(None, about)), "", reverse("tasks:plan", args=[plan.code])


def _action(action: Action, words: Sequence[str]) -> Described:
    chosen = urlencode({"plan": action.plan.code, "action": str(action.pk)})
    return str(action), action.plan.name, "", f"{reverse('tasks:list')}?{chosen}"


_DESCRIBED: dict[Kind, Any] = {
    Kind.TASK: _task,
    Kind.UNIT: _unit,
    Kind.TARGET: _target,
    Kind.PLAN: _plan,
    Kind.ACTION: _action,
}
