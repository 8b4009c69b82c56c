"""督查: findings with their steps, and samples of what was closed off."""

import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from tasks.models.duties import Responsibility
from tasks.models.fields import moment, person
from tasks.models.plans import Plan
from tasks.states import (
    FINDING_ASKS,
    FINDING_OPEN,
    FindingState,
    FindingStepKind,
    OfficeAnswer,
)
from units.models import Jurisdiction


def code_of(year: int, number: int) -> str:
    """督2026-003: a document's number, the same in every language and in the log."""
    return f"督{year}-{number:03d}"


class FindingQuerySet(models.QuerySet["Finding"]):
    def open(self) -> Self:
        """Not closed off and not withdrawn."""
        return self.filter(state__in=FINDING_OPEN)

    def overdue(self, today: datetime.date) -> Self:
        """To be put right by a day that has passed."""
        return self.filter(state=FindingState.ISSUED, due_on__lt=today)

    def to_answer_at(self, moment: datetime.datetime) -> Self:
        """Those that the unit was to put right then, annotated `until` and `since`."""
        steps = FindingStep.objects.filter(finding=OuterRef("pk"), at__lt=moment).order_by(
            "-at", "-pk"
        )
        last = steps.exclude(kind=FindingStepKind.OFFICE)
        dated = steps.filter(due_on__isnull=False)
        return self.annotate(
            last_kind=Subquery(last.values("kind")[:1]),
            since=Subquery(last.values("at")[:1]),
            until=Subquery(dated.values("due_on")[:1]),
        ).filter(last_kind__in=FINDING_ASKS, until__isnull=False)

    def to_decide_at(self, moment: datetime.datetime) -> Self:
        """Those of which the office was to answer a proposal to revoke 办结 then."""
        done = (FindingStepKind.OFFICE, FindingStepKind.WITHDRAW)
        ended = FindingStep.objects.filter(finding=OuterRef("pk"), at__lt=moment, kind__in=done)
        return self.filter(~Exists(ended), proposes_revoking=True, issued_at__lt=moment)

    def waiting_for_office(self) -> Self:
        """Proposals to revoke 办结 that the office is still to answer."""
        waiting = self.filter(office_answer=OfficeAnswer.WAITING)
        return waiting.exclude(state=FindingState.WITHDRAWN)


class Finding(models.Model):
    """督查发现问题: what an inspector asks a side's unit to put right by `due_on`.

    `number` is counted a year: 督2026-003. `proposes_revoking` asks the side's office to take
    back 办结; it answers by `office_due_on`.
    """

    responsibility = models.ForeignKey(
        Responsibility, models.CASCADE, verbose_name=_("责任"), related_name="findings"
    )
    year = models.PositiveSmallIntegerField(_("年"))
    number = models.PositiveIntegerField(_("编号"))
    problem = models.TextField(_("发现问题"))
    demand = models.TextField(_("整改要求"))
    state = models.CharField(
        _("状态"), max_length=10, choices=FindingState, default=FindingState.ISSUED
    )
    first_due_on = models.DateField(_("首次整改期限"))
    due_on = models.DateField(_("整改期限"))
    proposes_revoking = models.BooleanField(_("建议撤销办结"), default=False)
    office_due_on = models.DateField(_("答复期限"), null=True, blank=True)
    office_answer = models.CharField(
        _("协调办公室答复"), max_length=10, choices=OfficeAnswer, blank=True
    )
    version = models.PositiveIntegerField(_("版本"), default=1)
    issued_by = person(_("督查员"))
    issued_at = models.DateTimeField(_("通知时间"))
    closed_by = person(_("销号人"))
    closed_at = moment(_("销号时间"))

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("督查意见")
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="finding_number_once"),
            models.CheckConstraint(
                condition=Q(proposes_revoking=False, office_answer="", office_due_on=None)
                | Q(proposes_revoking=True, office_due_on__isnull=False)
                & Q(office_answer__in=OfficeAnswer.values),
                name="finding_revoking_has_answer",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"], condition=Q(state__in=FINDING_OPEN), name="finding_open"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("tasks:finding", args=[self.pk])

    @property
    def code(self) -> str:
        return code_of(self.year, self.number)

    @property
    def is_open(self) -> bool:
        """Not closed off and not withdrawn."""
        return self.state in FINDING_OPEN

    @property
    def waits_for_office(self) -> bool:
        """Proposes to revoke 办结, and the office is still to answer."""
        waiting = self.office_answer == OfficeAnswer.WAITING
        return waiting and self.state != FindingState.WITHDRAWN

    def is_overdue(self, today: datetime.date) -> bool:
        """To be put right by a day that has passed."""
        return self.state == FindingState.ISSUED and self.due_on < today


class FindingStep(models.Model):
    """One move of a finding, in words; never changed after."""

    finding = models.ForeignKey(
        Finding, models.CASCADE, verbose_name=_("督查意见"), related_name="steps"
    )
    kind = models.CharField(_("环节"), max_length=10, choices=FindingStepKind)
    text = models.TextField(_("内容"))
    due_on = models.DateField(_("期限"), null=True, blank=True)
    by = person(_("办理人"))
    at = models.DateTimeField(_("办理时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("督查办理环节")
        ordering = ["finding", "at", "id"]

    def __str__(self) -> str:
        return f"{self.finding} {self.get_kind_display()}"


class Sample(models.Model):
    """抽查: closed-off sides drawn for checking; `seed`, scope and base draw the same again."""

    plan = models.ForeignKey(
        Plan, models.PROTECT, verbose_name=_("方案"), null=True, blank=True, related_name="+"
    )
    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, verbose_name=_("辖区"), related_name="+"
    )
    size = models.PositiveSmallIntegerField(_("抽取数量"))
    seed = models.CharField(_("随机种子"), max_length=32)
    base = models.JSONField(_("抽样总体"), default=list)
    drawn_by = person(_("抽取人"))
    drawn_at = models.DateTimeField(_("抽取时间"))
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("抽查")
        ordering = ["-drawn_at"]

    def __str__(self) -> str:
        day = localdate(self.drawn_at)  # the moment itself is in UTC
        return _t("抽查%(day)s（%(number)d项）") % {"day": day.isoformat(), "number": self.size}


class SampleRow(models.Model):
    """One drawn side, and what the check found."""

    sample = models.ForeignKey(Sample, models.CASCADE, related_name="rows")
    order = models.PositiveSmallIntegerField(_("次序"))
    responsibility = models.ForeignKey(
        Responsibility, models.PROTECT, verbose_name=_("责任"), related_name="+"
    )
    result = models.TextField(_("核查结果"), blank=True)
    checked_by = person(_("核查人"))
    checked_at = moment(_("核查时间"))
    finding = models.ForeignKey(
        Finding,
        models.SET_NULL,
        verbose_name=_("督查意见"),
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        verbose_name = verbose_name_plural = _("抽查明细")
        ordering = ["sample", "order"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "responsibility"], name="sample_row_once"),
        ]

    def __str__(self) -> str:
        return f"{self.sample} {self.order}"
