"""Quarters, the reports in them, and cooperating units' parts."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class PeriodState(models.TextChoices):
    OPEN = "open", _("填报中")
    CLOSED = "closed", _("已关闭")


class ReportState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    SIGNED = "signed", _("已审签")
    SUBMITTED = "submitted", _("待审核")
    APPROVED = "approved", _("已审核")
    RETURNED = "returned", _("已退回")


REPORT_MOVES: Mapping[ReportState, frozenset[ReportState]] = {
    ReportState.DRAFT: frozenset({ReportState.SIGNED, ReportState.SUBMITTED}),
    ReportState.SIGNED: frozenset({ReportState.SUBMITTED, ReportState.DRAFT}),
    ReportState.SUBMITTED: frozenset({ReportState.APPROVED, ReportState.RETURNED}),
    ReportState.RETURNED: frozenset({ReportState.DRAFT, ReportState.SUBMITTED}),
    ReportState.APPROVED: frozenset(),
}
# Handed in: counts as reported.
REPORTED_STATES = (ReportState.SUBMITTED, ReportState.APPROVED)
# Known to the office: what it sent back, too, until the unit writes on.
HANDED_IN_STATES = (*REPORTED_STATES, ReportState.RETURNED)
# Still in the unit's hands.
EDITABLE_STATES = (ReportState.DRAFT, ReportState.RETURNED)
# What a returned report goes through on its way back to the office.
MENDING_STATES = (ReportState.DRAFT, ReportState.SIGNED)


class ReportKind(models.TextChoices):
    REGULAR = "regular", _("正常填报")
    LATE = "late", _("补报")
    BACKFILL = "backfill", _("补录")


class ContributionState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("已反馈")
    TAKEN = "taken", _("已采纳")
    RETURNED = "returned", _("已退回")


CONTRIBUTION_MOVES: Mapping[ContributionState, frozenset[ContributionState]] = {
    ContributionState.DRAFT: frozenset({ContributionState.SUBMITTED}),
    ContributionState.SUBMITTED: frozenset(
        {ContributionState.TAKEN, ContributionState.RETURNED, ContributionState.DRAFT}
    ),
    ContributionState.RETURNED: frozenset({ContributionState.DRAFT}),
    ContributionState.TAKEN: frozenset(),
}
