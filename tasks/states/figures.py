"""Targets, what is observed of them, and whether they are reached."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TargetKind(models.TextChoices):
    QUANTIFIED = "quantified", _("定量")
    QUALITATIVE = "qualitative", _("定性")
    MILESTONE = "milestone", _("节点")
    FREQUENCY = "frequency", _("频次")


class Operator(models.TextChoices):
    """How a value is held against the target's."""

    REACH = "reach", _("达到")
    AT_LEAST = "at_least", _("以上")
    AT_MOST = "at_most", _("以下")
    ABOUT = "about", _("左右")
    BEFORE = "before", _("期限前")
    FALL = "fall", _("下降")
    EXACTLY = "exactly", _("等于")
    BETWEEN = "between", _("区间")
    WORDS = "words", _("文字表述")


class Basis(models.TextChoices):
    """What span an observed value speaks of."""

    PERIOD = "本期", _("本期")
    CUMULATIVE = "累计", _("累计")
    POINT = "时点", _("时点")
    FORECAST = "预计", _("预计")
    ANNUAL = "年度", _("年度")


class ObservationState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待审核")
    APPROVED = "approved", _("已审核")
    RETURNED = "returned", _("已退回")


OBSERVATION_MOVES: Mapping[ObservationState, frozenset[ObservationState]] = {
    ObservationState.DRAFT: frozenset({ObservationState.SUBMITTED}),
    ObservationState.SUBMITTED: frozenset({ObservationState.APPROVED, ObservationState.RETURNED}),
    ObservationState.RETURNED: frozenset({ObservationState.DRAFT}),
    ObservationState.APPROVED: frozenset(),
}
OBSERVATION_HANDED_IN = (
    ObservationState.SUBMITTED,
    ObservationState.APPROVED,
    ObservationState.RETURNED,
)
OBSERVATION_EDITABLE = (ObservationState.DRAFT, ObservationState.RETURNED)


class Attained(models.TextChoices):
    """Whether a target is reached; computed, never stored."""

    ATTAINED = "attained", pgettext_lazy("of a target", "达到")
    MISSED = "missed", _("未达到")
    NO_DATA = "no_data", _("无数据")
