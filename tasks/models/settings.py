"""What an office sets for its plan: when quarters fall due, when lights and checks turn."""

from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

# A few steps, so that SQL can name the day of each: `lights.soon_limits`.
SOON_CHOICES = [(days, str(days)) for days in (3, 5, 7, 10, 15, 20)]


class Cadence(models.Model):
    """The days of a quarter. Working days, but for `due_day`: a day of the month after it."""

    due_day = models.PositiveSmallIntegerField(
        _("报送截止日"), default=10, help_text=_("季度结束后次月的几日；逢非工作日顺延。")
    )
    grace_workdays = models.PositiveSmallIntegerField(_("宽限工作日"), default=5)
    contribution_workdays = models.PositiveSmallIntegerField(
        _("配合单位提前工作日"), default=5, help_text=_("配合单位比牵头单位早几个工作日反馈。")
    )
    redo_workdays = models.PositiveSmallIntegerField(_("退回重报工作日"), default=3)

    class Meta:
        abstract = True


class Thresholds(models.Model):
    """From where on a light turns and a check warns. Points are percentage points."""

    soon_workdays = models.PositiveSmallIntegerField(
        _("临期工作日"), default=7, choices=SOON_CHOICES
    )
    behind_points = models.PositiveSmallIntegerField(
        _("滞后百分点"), default=10, help_text=_("落后序时进度达到此数为黄灯“滞后”。")
    )
    far_behind_points = models.PositiveSmallIntegerField(
        _("严重滞后百分点"),
        default=30,
        help_text=_("落后经确认的年度节点超过此数为红灯“严重滞后”；按时间推算的不转红灯。"),
    )
    jump_points = models.PositiveSmallIntegerField(
        _("进度跳升百分点"), default=40, help_text=_("比上次增加超过此数时提示审核人。")
    )
    alike_percent = models.PositiveSmallIntegerField(
        _("雷同百分比"), default=90, help_text=_("文字与上季度或其他单位相同达到此数时提示审核人。")
    )

    class Meta:
        abstract = True


class Scoring(models.Model):
    """考核评分: off unless an office turns it on. The weights are points, together 100."""

    scores_on = models.BooleanField(
        _("启用考核评分"),
        default=False,
        help_text=_("启用后可生成考核评分表，只评本方的单位；不评中央垂直管理单位和企业。"),
    )
    score_filing = models.PositiveSmallIntegerField(_("按期报送分值"), default=30)
    score_pace = models.PositiveSmallIntegerField(_("按进度推进分值"), default=40)
    score_done = models.PositiveSmallIntegerField(_("按期办结分值"), default=20)
    score_mending = models.PositiveSmallIntegerField(_("督查整改分值"), default=10)

    class Meta:
        abstract = True


SCORES = ("score_filing", "score_pace", "score_done", "score_mending")
FULL_SCORE = 100


def settings_constraints() -> list[models.CheckConstraint]:
    """The bounds of both, for the Meta of the plan."""
    return [
        models.CheckConstraint(
            condition=Q(due_day__gte=1, due_day__lte=28),
            name="plan_due_day_1_to_28",
            violation_error_message=_("报送截止日应为1至28日。"),
        ),
        models.CheckConstraint(
            condition=Q(
                score_filing=Value(FULL_SCORE)
                - models.F("score_pace")
                - models.F("score_done")
                - models.F("score_mending")
            ),
            name="plan_scores_make_100",
            violation_error_message=_("各项分值合计应为100。"),
        ),
        models.CheckConstraint(
            condition=Q(grace_workdays__lte=30, contribution_workdays__lte=20)
            & Q(redo_workdays__gte=1, redo_workdays__lte=30),
            name="plan_workdays_in_bounds",
            violation_error_message=_("宽限0至30、配合提前0至20、退回重报1至30个工作日。"),
        ),
        models.CheckConstraint(
            condition=Q(behind_points__gte=1, far_behind_points__gte=models.F("behind_points"))
            & Q(far_behind_points__lte=100, jump_points__gte=1, jump_points__lte=100)
            & Q(alike_percent__gte=50, alike_percent__lte=100),
            name="plan_thresholds_in_bounds",
            violation_error_message=_(
                "滞后至少1个百分点，严重滞后不小于滞后且不超过100；跳升1至100；雷同50至100。"
            ),
        ),
    ]
