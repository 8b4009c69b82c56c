"""A task's history in words: of the log, what the person may read.

Each verb is named once, with its words and to whom it is told. Texts of reports are never told
here: what a report says stands in the report.
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tasks import policy
from tasks.models import Assignment, ProgressReport, Responsibility, Task
from tasks.services.contacts import FIELDS as CONTACT_FIELDS
from tracker.lib.text import listed
from units.models import AuditEntry, User
from units.policy import standing

TASK, DUTY, REPORT = (model._meta.label_lower for model in (Task, Responsibility, ProgressReport))


class To(Enum):
    """Who reads an entry; docs/who-sees-what.md."""

    EVERYONE = auto()  # text, units, dates, states
    HANDED_OUT = auto()  # who reads what was handed out to the unit
    CALLERS = auto()  # who reads the responsibility's contacts with their phones
    UNIT = auto()  # the unit itself: its drafts
    CLOSE = auto()  # who reads what is handed in
    READERS = auto()  # who reads the report


@dataclass(frozen=True)
class Kind:
    """What a verb is called, who is told, and which of its fields are."""

    words: str | Promise
    to: To
    fields: tuple[str, ...] | None = None  # None is all that have a label


KINDS: Mapping[str, Kind] = {
    "task.create": Kind(gettext_lazy("录入任务"), To.EVERYONE, ()),
    "task.edit": Kind(gettext_lazy("修改任务"), To.EVERYONE),
    "task.start": Kind(gettext_lazy("启动任务"), To.EVERYONE),
    "task.delete": Kind(gettext_lazy("删除任务"), To.EVERYONE, ()),
    "task.move": Kind(gettext_lazy("变更任务状态"), To.EVERYONE, ("state",)),
    "duty.create": Kind(gettext_lazy("增加责任单位"), To.EVERYONE, ("role", "due_on")),
    "duty.edit": Kind(gettext_lazy("修改责任"), To.EVERYONE),
    "duty.delete": Kind(gettext_lazy("移除责任单位"), To.EVERYONE, ()),
    "duty.extend": Kind(gettext_lazy("批准延期"), To.EVERYONE, ("due_on",)),
    "duty.succeed": Kind(gettext_lazy("责任由承接单位接续"), To.EVERYONE, ("unit",)),
    "duty.join": Kind(gettext_lazy("并入责任"), To.EVERYONE, ()),
    "duty.move": Kind(gettext_lazy("调整责任单位次序"), To.EVERYONE, ()),
    "duty.assign": Kind(pgettext_lazy("history", "交办"), To.HANDED_OUT, ("sign_by", "note")),
    "duty.sign": Kind(pgettext_lazy("history", "签收"), To.HANDED_OUT, ()),
    "duty.withdraw": Kind(gettext_lazy("撤回交办"), To.HANDED_OUT, ()),
    "contact.change": Kind(gettext_lazy("修改联系人"), To.CALLERS, CONTACT_FIELDS),
    "report.save": Kind(pgettext_lazy("history", "保存草稿"), To.UNIT, ("percent",)),
    "report.sign": Kind(pgettext_lazy("history", "审签"), To.CLOSE, ()),
    "report.sign_on_paper": Kind(gettext_lazy("授权代签"), To.CLOSE, ()),
    "report.ask_sign": Kind(gettext_lazy("送审签"), To.UNIT, ()),
    "report.refuse_sign": Kind(gettext_lazy("审签退回"), To.UNIT, ()),
    "report.unsign": Kind(gettext_lazy("取消审签"), To.UNIT, ()),
    "report.submit": Kind(gettext_lazy("报送进展"), To.CLOSE, ("percent",)),
    "report.return": Kind(pgettext_lazy("history", "退回"), To.CLOSE, ()),
    "report.approve": Kind(pgettext_lazy("history", "审核通过"), To.READERS, ("percent",)),
}
OPEN_TO_ALL = tuple(verb for verb, kind in KINDS.items() if kind.to == To.EVERYONE)
# Only the unit and its office are told the way there: earlier percents, and why it was returned.
OF_THE_WAY = ("report.save", "report.submit", "report.return")


@dataclass(frozen=True)
class Change:
    """A field before and after, as a page shows them."""

    name: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Told:
    """An entry in words. `person` is empty where the reader may not know the name."""

    at: datetime.datetime
    verb: str
    what: str
    about: str
    period: str
    body: str
    person: str
    changes: list[Change]
    reason: str


class History:
    """One task's history as one person may read it."""

    def __init__(self, user: User, task: Task) -> None:
        self.user = user
        self.task = task

    def _duties(self, verb: str) -> set[int]:
        rows = policy.scope(self.user, verb).filter(task=self.task)
        return set(rows.order_by().values_list("pk", flat=True))

    @cached_property
    def duties(self) -> dict[int, Responsibility]:
        """All of the task's responsibilities."""
        return {row.pk: row for row in self.task.responsibilities.select_related("unit", "side")}

    @cached_property
    def parties(self) -> set[int]:
        """Responsibilities of which the person may know who acts."""
        return self._duties("contact.view")

    @cached_property
    def reports(self) -> dict[int, ProgressReport]:
        """The reports that the person may read."""
        rows = policy.scope(self.user, "report.view").filter(responsibility__task=self.task)
        return {row.pk: row for row in rows.select_related("period")}

    @cached_property
    def ways(self) -> set[int]:
        """Reports whose way is told to the person."""
        rows = policy.scope(self.user, "reason.view").filter(pk__in=self.reports)
        return set(rows.values_list("pk", flat=True))

    def entries(self) -> QuerySet[AuditEntry]:
        """The entries, newest first."""
        who = standing(self.user)
        own = {pk for pk, row in self.duties.items() if row.unit_id in who.units or who.superuser}
        close = self._duties("handed_in.view")
        of_duty = {
            To.EVERYONE: set(self.duties),
            To.HANDED_OUT: self._duties("assignment.view"),
            To.CALLERS: self._duties("contact.call"),
        }
        of_report = {To.UNIT: own, To.CLOSE: close, To.READERS: set(self.duties)}
        told = Q(object_type=TASK, object_id=str(self.task.pk), verb__in=OPEN_TO_ALL)
        for to, duties in of_duty.items():
            told |= Q(object_type=DUTY, object_id__in=_texts(duties), verb__in=_verbs(to))
        for to, duties in of_report.items():
            seen = (pk for pk, row in self.reports.items() if row.responsibility_id in duties)
            told |= Q(object_type=REPORT, object_id__in=_texts(seen), verb__in=_verbs(to))
        return AuditEntry.objects.filter(told).order_by("-id")

    def tell(self, entries: Iterable[AuditEntry]) -> list[Told]:
        """The entries in words."""
        return [self._tell(entry) for entry in entries]

    def _tell(self, entry: AuditEntry) -> Told:
        kind = KINDS[entry.verb]
        number = int(entry.object_id)
        report = self.reports[number] if entry.object_type == REPORT else None
        duty = self.duties.get(report.responsibility_id if report else number)
        duty = None if entry.object_type == TASK else duty
        is_party = duty.pk in self.parties if duty else bool(self.parties)
        in_full = entry.verb not in OF_THE_WAY or number in self.ways
        return Told(
            at=entry.at,
            verb=entry.verb,
            what=str(kind.words),
            about=str(duty.unit) if duty else "",
            period=str(report.period) if report else "",
            body=entry.unit_name,
            person=entry.actor_name if is_party else "",
            changes=changes_of(entry, kind.fields) if in_full else [],
            reason=entry.reason if in_full and is_party else "",
        )


def _verbs(to: To) -> list[str]:
    return [verb for verb, kind in KINDS.items() if kind.to == to]


def _texts(numbers: Iterable[int]) -> list[str]:
    return [str(number) for number in numbers]


# --- fields in words ---------------------------------------------------------------------------

_MODELS = {TASK: (Task,), DUTY: (Responsibility, Assignment), REPORT: (ProgressReport,)}


def changes_of(entry: AuditEntry, wanted: tuple[str, ...] | None) -> list[Change]:
    """The fields of an entry that changed, in words; `wanted` alone where it is given."""
    changes = []
    for name in {**entry.before, **entry.after}:
        field = _field(entry.object_type, name)
        if field is None or (wanted is not None and name not in wanted):
            continue
        if wanted is None and name in CONTACT_FIELDS:
            continue  # told only where contacts are
        before, after = (shown(field, values.get(name)) for values in (entry.before, entry.after))
        if before != after:
            changes.append(Change(name, _label(field), before, after))
    return changes


def _field(object_type: str, name: str) -> Any:
    for model in _MODELS[object_type]:
        try:
            return model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
    return None


def _label(field: Any) -> str:
    """A field's name; of the other end of a relation, what stands there."""
    own = getattr(field, "verbose_name", "")
    return str(own or field.related_model._meta.verbose_name)


def shown(field: Any, value: Any) -> str:
    """A model field's value in words."""
    if value in (None, "", []):
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return listed(value)
    choices: dict[Any, Any] = dict(getattr(field, "flatchoices", None) or ())
    if value in choices:
        return str(choices[value])
    if field.get_internal_type() == "DateField" and (day := parse_date(str(value))):
        return day.isoformat()
    return f"{value}%" if field.name == "percent" else str(value)
