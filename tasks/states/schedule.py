"""Milestones, and requests for a later date."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class MilestoneState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    PROPOSED = "proposed", _("待确认")
    CONFIRMED = "confirmed", _("已确认")
    CLAIMED = "claimed", _("完成待核")
    MET = "met", _("已完成")
    DROPPED = "dropped", _("已取消")


MILESTONE_MOVES: Mapping[MilestoneState, frozenset[MilestoneState]] = {
    MilestoneState.DRAFT: frozenset({MilestoneState.PROPOSED, MilestoneState.DROPPED}),
    MilestoneState.PROPOSED: frozenset({MilestoneState.CONFIRMED, MilestoneState.DRAFT}),
    MilestoneState.CONFIRMED: frozenset({MilestoneState.CLAIMED, MilestoneState.DROPPED}),
    MilestoneState.CLAIMED: frozenset({MilestoneState.MET, MilestoneState.CONFIRMED}),
    MilestoneState.MET: frozenset({MilestoneState.CONFIRMED}),
    MilestoneState.DROPPED: frozenset(),
}
# Before the office: proposed, or said to be met.
MILESTONE_ASKED = (MilestoneState.PROPOSED, MilestoneState.CLAIMED)
# Not confirmed yet: the lead's, and what waits for the office.
MILESTONE_BEFORE = (MilestoneState.DRAFT, MilestoneState.PROPOSED)
# Confirmed by the office: these make the schedule.
SCHEDULE_STATES = (MilestoneState.CONFIRMED, MilestoneState.CLAIMED, MilestoneState.MET)
# Confirmed and not yet done: these can be late.
MILESTONE_OPEN = (MilestoneState.CONFIRMED, MilestoneState.CLAIMED)


class ExtensionState(models.TextChoices):
    ASKED = "asked", _("待审批")
    GRANTED = "granted", _("已批准")
    REFUSED = "refused", _("未批准")
    WITHDRAWN = "withdrawn", _("已撤回")


EXTENSION_MOVES: Mapping[ExtensionState, frozenset[ExtensionState]] = {
    ExtensionState.ASKED: frozenset(
        {ExtensionState.GRANTED, ExtensionState.REFUSED, ExtensionState.WITHDRAWN}
    ),
    ExtensionState.GRANTED: frozenset(),
    ExtensionState.REFUSED: frozenset(),
    ExtensionState.WITHDRAWN: frozenset(),
}
