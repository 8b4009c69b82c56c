"""延期: asking for a later date; several in a row are a history, the first date stays."""

import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tasks.models.duties import Responsibility
from tasks.models.fields import moment, person
from tasks.states import ExtensionState
from tracker.lib.workdays import end_of


class ExtensionQuerySet(models.QuerySet["Extension"]):
    def waiting(self) -> Self:
        return self.filter(state=ExtensionState.ASKED)

    def waiting_on(self, day: datetime.date) -> Self:
        """Before the office when the day was over; what was withdrawn since is not among them."""
        waiting = Q(state=ExtensionState.ASKED) | Q(decided_at__gte=end_of(day))
        return self.filter(waiting, asked_at__lt=end_of(day))

    def granted(self) -> Self:
        return self.filter(state=ExtensionState.GRANTED)


class Extension(models.Model):
    """One request for one side. `from_due` is the date in force when it was asked.

    Where that date is the plan's own (`from_plans`), granting names who approved it and by
    which document, as an office alone cannot move a plan's date.
    """

    responsibility = models.ForeignKey(
        Responsibility, models.CASCADE, verbose_name=_("责任"), related_name="extensions"
    )
    from_due = models.DateField(_("原时限"))
    from_plans = models.BooleanField(_("原时限为方案期限"), default=False)
    new_due = models.DateField(_("申请时限"))
    granted_due = models.DateField(_("批准时限"), null=True, blank=True)
    reason = models.TextField(_("延期理由"))
    state = models.CharField(
        _("状态"), max_length=10, choices=ExtensionState, default=ExtensionState.ASKED
    )
    version = models.PositiveIntegerField(_("版本"), default=1)
    asked_by = person(_("申请人"))
    asked_at = models.DateTimeField(_("申请时间"))
    decided_by = person(_("审批人"))
    decided_at = moment(_("审批时间"))
    decision_reason = models.TextField(_("审批意见"), blank=True)
    own_office_review = models.BooleanField(_("本单位审核"), default=False)
    approving_body = models.CharField(_("批准机关"), max_length=100, blank=True)
    approval_number = models.CharField(_("批准文号"), max_length=100, blank=True)

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("延期")
        ordering = ["responsibility", "asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(new_due__gt=F("from_due")),
                name="extension_is_later",
                violation_error_message=_("申请时限应晚于原时限。"),
            ),
            models.CheckConstraint(
                condition=Q(state=ExtensionState.GRANTED, granted_due__gt=F("from_due"))
                | ~Q(state=ExtensionState.GRANTED) & Q(granted_due=None),
                name="extension_granted_has_date",
                violation_error_message=_("批准时限应晚于原时限。"),
            ),
            models.CheckConstraint(
                condition=~Q(state=ExtensionState.GRANTED, from_plans=True)
                | (~Q(approving_body="") & ~Q(approval_number="")),
                name="extension_of_plans_date_is_approved",
                violation_error_message=_("原时限为方案期限的，须填写批准机关和批准文号。"),
            ),
            models.UniqueConstraint(
                fields=["responsibility"],
                condition=Q(state=ExtensionState.ASKED),
                name="extension_one_waiting",
                violation_error_message=_("该任务已有待审批的延期申请。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_due:%Y-%m-%d} → {self.granted_due or self.new_due:%Y-%m-%d}"
