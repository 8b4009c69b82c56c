"""Schedules: entered, changed, stopped by people; `schedule_runs` enters what is due."""

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet

from reports import policy
from reports.models import ReportSchedule
from reports.models.schedules import MAX_DAY, MAX_WORKDAYS
from reports.policy import schedules as rules
from reports.services.runs import (
    check_scores,
    known_book,
    known_language,
    known_paper,
    where_it_leads,
)
from reports.states import BookKey, Cadence, Language, Paper
from tasks.models import Plan
from tracker.lib.stale import Stale
from tracker.lib.text import listed
from tracker.lib.told import told as _
from units.models import Office, Unit, User
from units.services import audit

MAX_RECIPIENTS = 50


@dataclass(frozen=True)
class Scope:
    """Which book of what: it stays; another scope is another schedule."""

    book: str
    plan: Plan
    lead_unit: Unit | None = None


@dataclass(frozen=True)
class ScheduleText:
    """When, to whom and how: what can be changed."""

    every: str
    recipients: Collection[User]
    workdays: int | None = None
    day: int | None = None
    on: datetime.date | None = None
    attach: bool = False
    paper: str = Paper.A4
    language: str = Language.CHINESE

    @property
    def when(self) -> dict[str, Any]:
        """The fields that say when; those of another cadence are empty."""
        own = {Cadence.QUARTER: "workdays", Cadence.MONTH: "day", Cadence.ONCE: "on"}
        named = own.get(Cadence(self.every)) if self.every in Cadence.values else None
        values = {"workdays": self.workdays, "day": self.day, "on": self.on}
        kept = {name: value if name == named else None for name, value in values.items()}
        return {"every": self.every, **kept}


def readers_for(scope: Scope, *, by: User, office: Office | None = None) -> QuerySet[User]:
    """Of whom recipients are chosen when this person saves; `office` is the schedule's so far.

    Raises as `audience_for` does.
    """
    office = _audience(scope, office, by)
    return rules.readers(plan=scope.plan, lead_unit=scope.lead_unit, office=office, made_by=by)


@transaction.atomic
def create(scope: Scope, text: ScheduleText, *, by: User, today: datetime.date) -> ReportSchedule:
    """Enter a schedule. Raises ValidationError by field, PermissionDenied."""
    check_scope(scope)
    schedule = ReportSchedule(**vars(scope), since=today)
    _take(schedule, text, by=by, today=today)
    schedule.save()
    schedule.recipients.set(text.recipients)
    audit.record("report_schedule.create", schedule, by=by, after=_told(schedule, text))
    return schedule


@transaction.atomic
def change(
    schedule: ReportSchedule,
    text: ScheduleText,
    *,
    version: int,
    by: User,
    today: datetime.date,
) -> ReportSchedule:
    """Save another text; from then on the book is what this person may have.

    Raises Stale where somebody else has saved meanwhile, ValidationError, PermissionDenied.
    """
    row = _locked(schedule, by)
    if row.version != version:
        raise Stale(_("该定时报表已被他人修改：请核对后重新保存。"))
    before = _told(row, text_of(row))
    was = text_of(row).when
    _take(row, text, by=by, today=today)
    if text.when != was:
        row.since = today
    row.version += 1
    row.save()
    row.recipients.set(text.recipients)
    audit.record("report_schedule.change", row, by=by, before=before, after=_told(row, text))
    return row


@transaction.atomic
def save(
    schedule: ReportSchedule,
    text: ScheduleText | None,
    *,
    is_on: bool | None,
    version: int,
    by: User,
    today: datetime.date,
) -> ReportSchedule:
    """Another text, or begun or stopped, or both, in one step; None is as it was."""
    row = schedule
    if text is not None:
        row = change(schedule, text, version=version, by=by, today=today)
    elif _locked(schedule, by).version != version:
        raise Stale(_("该定时报表已被他人修改：请核对后重新保存。"))
    return row if is_on is None else switch(row, is_on=is_on, by=by, today=today)


@transaction.atomic
def switch(
    schedule: ReportSchedule, *, is_on: bool, by: User, today: datetime.date
) -> ReportSchedule:
    """Stop it, or begin again: what fell due in between is not made up for."""
    row = _locked(schedule, by)
    if row.is_on == is_on:
        return row
    row.is_on, row.trouble, row.version = is_on, "", row.version + 1
    if is_on:
        row.since = today
    row.save(update_fields=["is_on", "trouble", "since", "version", "saved_at"])
    audit.record("report_schedule.start" if is_on else "report_schedule.stop", row, by=by)
    return row


def text_of(schedule: ReportSchedule) -> ScheduleText:
    """What it says now."""
    return ScheduleText(
        every=schedule.every,
        recipients=list(User.objects.filter(pk__in=schedule.recipients.values("pk"))),
        workdays=schedule.workdays,
        day=schedule.day,
        on=schedule.on,
        attach=schedule.attach,
        paper=schedule.paper,
        language=schedule.language,
    )


def _locked(schedule: ReportSchedule, by: User) -> ReportSchedule:
    rows = ReportSchedule.objects.select_for_update(of=("self",))
    row = rows.select_related("plan", "lead_unit", "office", "made_by").get(pk=schedule.pk)
    if not policy.can(by, "schedule.keep", row):
        raise PermissionDenied
    return row


def _take(schedule: ReportSchedule, text: ScheduleText, *, by: User, today: datetime.date) -> None:
    """Check the text against what the person may have, and set it."""
    scope = Scope(schedule.book, schedule.plan, schedule.lead_unit)
    office = _audience(scope, schedule.office, by)
    if errors := dict(_wrong_when(text, today)) | dict(_wrong_sending(text)):
        raise ValidationError(errors)
    schedule.office, schedule.made_by = office, by
    schedule.paper, schedule.attach = known_paper(text.paper), text.attach
    schedule.language = known_language(text.language)
    for name, value in text.when.items():
        setattr(schedule, name, value)
    readers = rules.readers(
        plan=schedule.plan, lead_unit=schedule.lead_unit, office=office, made_by=by
    )
    known = set(readers.values_list("pk", flat=True))
    unknown = [person for person in text.recipients if person.pk not in known]
    if unknown:
        sentence = _("%(people)s无权查看该报表的全部内容，不能列为收件人。")
        raise ValidationError({"recipients": sentence % {"people": listed(unknown)}})


def _audience(scope: Scope, office: Office | None, by: User) -> Office | None:
    """For which office this person has it made: of several the same as so far."""
    book, plans = BookKey(scope.book), [scope.plan]
    return policy.audience_for(by, book=book, plans=plans, lead_unit=scope.lead_unit, prefer=office)


def check_scope(scope: Scope) -> None:
    """Refuse what would never be made. Raises ValidationError by field."""
    book = known_book(scope.book)
    try:
        check_scores(book, [scope.plan])
    except ValidationError as error:
        raise ValidationError({"book": error}) from error
    if not Plan.objects.tracked().filter(pk=scope.plan.pk).exists():
        sentence = _("方案“%(plan)s”没有启用填报。") % {"plan": scope.plan.name}
        raise ValidationError({"plan": sentence})
    if scope.lead_unit is None:
        return
    if book != BookKey.STATUS:
        words = {"book": book.label}
        sentence = _("报表“%(book)s”汇总全部牵头单位，不能指定单位。") % words
        raise ValidationError({"lead_unit": sentence})
    if not where_it_leads([scope.plan], scope.lead_unit):
        sentence = _("%(unit)s在该方案没有牵头任务。") % {"unit": scope.lead_unit.name}
        raise ValidationError({"lead_unit": sentence})


def _wrong_when(text: ScheduleText, today: datetime.date) -> Mapping[str, Any]:
    match text.every:
        case Cadence.QUARTER:
            if text.workdays is None or not 0 <= text.workdays <= MAX_WORKDAYS:
                return {"workdays": _("请填写0至%(most)s的工作日数。") % {"most": MAX_WORKDAYS}}
        case Cadence.MONTH:
            if text.day is None or not 1 <= text.day <= MAX_DAY:
                return {"day": _("请填写1至31的日期；没有这一天的月份为月末。")}
        case Cadence.ONCE:
            if text.on is None or text.on < today:
                return {"on": _("请填写今天或以后的日期。")}
        case _:
            return {"every": _("请选择频次。")}
    return {}


def _wrong_sending(text: ScheduleText) -> Mapping[str, Any]:
    if not 1 <= len(text.recipients) <= MAX_RECIPIENTS:
        return {"recipients": _("请选择1至%(most)s位收件人。") % {"most": MAX_RECIPIENTS}}
    if text.attach and not settings.REPORT_MAIL_ATTACHMENTS:
        return {"attach": _("本站未开放附件发送，请改为发送链接。")}
    return {}


def _told(schedule: ReportSchedule, text: ScheduleText) -> dict[str, Any]:
    values = vars(text) | {"recipients": [str(person) for person in text.recipients]}
    return {"plan": schedule.plan, "lead_unit": schedule.lead_unit, **values}
