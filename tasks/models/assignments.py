"""交办 and 签收: a responsibility is handed out to its unit, which signs for it."""

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, JSONObject
from django.utils.translation import gettext_lazy as _

from tasks.models.duties import Responsibility

# What a unit was told that it answers for: what of it differs by now is a change for this unit.
# A date of the side's own stands before the task's, which then does not concern it.
HANDED_OUT = {
    "title": _("任务"),
    "summary": _("概要"),
    "clause": _("条款"),
    "due_on": _("时限"),
    "unit": _("单位"),
    "role": _("角色"),
    "written": _("文中写法"),
    "note": _("备注"),
}


def text_of(duty: Responsibility) -> dict[str, str]:
    """What a responsibility says now, as it is kept when it is handed out."""
    task, due_on = duty.task, duty.due_on or duty.task.due_on
    return {
        "title": task.title,
        "summary": task.summary,
        "clause": task.clause,
        "due_on": due_on.isoformat() if due_on else "",
        "unit": str(duty.unit_id),
        "role": str(duty.role),
        "written": duty.written,
        "note": duty.note,
    }


def with_changed(duties: QuerySet[Responsibility]) -> QuerySet[Responsibility]:
    """Annotate `changed_since`: what was handed out differs from what stands now."""
    due_on = Cast(Coalesce("due_on", "task__due_on"), CharField())
    now = JSONObject(
        title="task__title",
        summary="task__summary",
        clause="task__clause",
        due_on=Coalesce(due_on, Value("")),
        unit=Cast("unit", CharField()),
        role="role",
        written="written",
        note="note",
    )
    differs = Q(assignment__isnull=False) & ~Q(assignment__handed_out=now)
    return duties.annotate(changed_since=differs)


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def unsigned(self) -> Self:
        return self.filter(signed_at=None)

    def unsigned_late(self, today: datetime.date) -> Self:
        """Not signed for by the day that was asked for."""
        return self.unsigned().filter(sign_by__lt=today)


class Assignment(models.Model):
    """That a responsibility was handed out, by whom, with what words, and who signed for it.

    One a responsibility: handing out again, as when the duty has changed, begins it anew; what
    was before stands in the history. `handed_out` keeps `text_of` that moment.
    """

    responsibility = models.OneToOneField(
        Responsibility, models.CASCADE, verbose_name=_("责任"), related_name="assignment"
    )
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("交办人"), related_name="+"
    )
    assigned_at = models.DateTimeField(_("交办时间"))
    note = models.CharField(_("交办要求"), max_length=500, blank=True)
    sign_by = models.DateField(_("签收期限"))
    handed_out = models.JSONField(_("交办内容"), default=dict, editable=False)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("签收人"),
        null=True,
        blank=True,
        related_name="+",
    )
    signed_at = models.DateTimeField(_("签收时间"), null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("交办")
        ordering = ["responsibility"]
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_by=None, signed_at=None)
                | Q(signed_by__isnull=False, signed_at__gte=F("assigned_at")),
                name="assignment_signed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.responsibility)

    def changes(self, duty: Responsibility) -> list[str]:
        """What of the responsibility differs from what was handed out, in words."""
        now = text_of(duty)
        return [str(word) for n, word in HANDED_OUT.items() if self.handed_out.get(n) != now[n]]

    def is_unsigned(self) -> bool:
        return self.signed_at is None

    def is_unsigned_late(self, today: datetime.date) -> bool:
        return self.is_unsigned() and self.sign_by < today
