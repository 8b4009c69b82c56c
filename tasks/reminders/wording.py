"""The sentence of each rule, in the active language, from what the notice remembers.

To units of one's own side: 催办. To central bodies and enterprises: 商请, never 催办.
"""

import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tasks.models import Notice
from tracker.lib.text import workday_words
from tracker.lib.workdays import Quarter

OFFICE = "report.review"


def day(value: datetime.date) -> str:
    """12月10日: of a day that is near."""
    return date_format(value, _("n月j日"))


def full_day(value: datetime.date) -> str:
    """2025年12月31日: of a day that may be long past."""
    return date_format(value, _("Y年n月j日"))


def report_due(notice: Notice) -> str:
    """A report is due soon."""
    words = words_of(notice, day)
    if notice.params["central"]:
        text = _("商请贵单位于%(day)s前填报“%(task)s”%(quarter)s进展。")
    elif notice.step == 0:
        text = _("请于%(day)s当日填报“%(task)s”%(quarter)s进展。")
    else:
        text = _("请于%(day)s前填报“%(task)s”%(quarter)s进展。")
    return text % words


def report_overdue(notice: Notice) -> str:
    """A report has not come."""
    if notice.params["verb"] == OFFICE:
        text = _("%(unit)s“%(task)s”%(quarter)s进展应于%(day)s前报送，已超过%(days)s，尚未收到。")
    elif notice.params["central"]:
        text = _("商请贵单位报送“%(task)s”%(quarter)s进展（原定%(day)s前报送）。")
    else:
        text = _("催办：“%(task)s”%(quarter)s进展应于%(day)s前报送，已超过%(days)s，请尽快报送。")
    return text % words_of(notice, full_day)


def report_returned(notice: Notice) -> str:
    """A report has come back and is to be handed in again: 已退回, never 未报."""
    late = notice.params["days"] > 0
    if notice.params["verb"] == OFFICE:
        text = _(
            "%(unit)s“%(task)s”%(quarter)s进展已退回，应于%(day)s前重报，已超过%(days)s，尚未重报。"
        )
    elif late and notice.params["central"]:
        text = _("商请贵单位修改并重报“%(task)s”%(quarter)s进展（原定%(day)s前重报）。")
    elif late:
        text = _(
            "催办：“%(task)s”%(quarter)s进展已退回，应于%(day)s前重报，"
            "已超过%(days)s，请尽快修改重报。"
        )
    elif notice.params["central"]:
        text = _("“%(task)s”%(quarter)s进展已退回，商请贵单位于%(day)s前修改后重报。")
    else:
        text = _("“%(task)s”%(quarter)s进展已退回，请于%(day)s前修改后重报。")
    return text % words_of(notice, full_day if late else day)


def assignment_unsigned(notice: Notice) -> str:
    """A responsibility was handed out and is to be signed for."""
    late = notice.params["days"] > 0
    if notice.params["verb"] == OFFICE:
        text = _("%(unit)s对任务“%(task)s”应于%(day)s前签收，已超过%(days)s，尚未签收。")
    elif notice.params["central"]:
        text = _("已将任务“%(task)s”的责任送贵单位，商请于%(day)s前签收。")
    elif late:
        text = _("催办：任务“%(task)s”应于%(day)s前签收，已超过%(days)s，请尽快签收。")
    else:
        text = _("已向贵单位交办任务“%(task)s”，请于%(day)s前签收。")
    return text % words_of(notice, full_day if late else day)


def finding_due(notice: Notice) -> str:
    """An inspector has asked to put something right; the text itself stands in the finding."""
    late = notice.params["days"] > 0
    if notice.params["verb"] == OFFICE:
        text = _("%(unit)s“%(task)s”的督查整改应于%(day)s前反馈，已超过%(days)s，尚未反馈。")
    elif notice.params["central"]:
        text = _("“%(task)s”有督查意见，商请贵单位于%(day)s前反馈整改情况。")
    elif late:
        text = _("催办：“%(task)s”的督查整改应于%(day)s前反馈，已超过%(days)s，请尽快反馈。")
    else:
        text = _("“%(task)s”有督查意见，请于%(day)s前反馈整改情况。")
    return text % words_of(notice, full_day if late else day)


def proposal_due(notice: Notice) -> str:
    """An inspector has proposed to revoke 办结; the office is to answer."""
    late = notice.params["days"] > 0
    if late:
        text = _(
            "督查建议撤销%(unit)s“%(task)s”的办结，应于%(day)s前答复，已超过%(days)s，请尽快答复。"
        )
    else:
        text = _("督查建议撤销%(unit)s“%(task)s”的办结，请于%(day)s前答复。")
    return text % words_of(notice, full_day if late else day)


def task_due(notice: Notice) -> str:
    """A side of a task is due soon; without a date of its own, at the plan's end."""
    plans, central = notice.params["plans"], notice.params["central"]
    if plans and central:
        text = _("方案于%(day)s期满，商请贵单位按期完成任务“%(task)s”。")
    elif plans:
        text = _("方案于%(day)s期满，请按期办结任务“%(task)s”。")
    elif central:
        text = _("商请贵单位于%(day)s前完成任务“%(task)s”。")
    else:
        text = _("任务“%(task)s”应于%(day)s前完成，请按期办结。")
    return text % words_of(notice, day)


def task_overdue(notice: Notice) -> str:
    """逾期: past a date of its own."""
    if notice.params["verb"] == OFFICE:
        text = _("%(unit)s牵头的任务“%(task)s”应于%(day)s前完成，已逾期%(days)s。")
    elif notice.params["central"]:
        text = _("商请贵单位推进并完成任务“%(task)s”（时限%(day)s）。")
    else:
        text = _("催办：任务“%(task)s”应于%(day)s前完成，已逾期%(days)s，请尽快办结。")
    return text % words_of(notice, full_day)


def task_expired(notice: Notice) -> str:
    """期满未办结: past the plan's end only."""
    if notice.params["verb"] == OFFICE:
        text = _("方案已于%(day)s期满，%(unit)s牵头的任务“%(task)s”期满未办结。")
    elif notice.params["central"]:
        text = _("方案已于%(day)s期满，商请贵单位推进并完成任务“%(task)s”。")
    else:
        text = _("催办：方案已于%(day)s期满，任务“%(task)s”尚未办结，请尽快办结。")
    return text % words_of(notice, full_day)


def milestone_due(notice: Notice) -> str:
    """A milestone is due soon."""
    if notice.params["central"]:
        text = _("商请贵单位于%(day)s前完成“%(task)s”的节点“%(what)s”。")
    else:
        text = _("“%(task)s”的节点“%(what)s”应于%(day)s前完成，完成后请填报。")
    return text % words_of(notice, day)


def milestone_overdue(notice: Notice) -> str:
    """A milestone is past its day and not met."""
    if notice.params["verb"] == OFFICE:
        text = _("%(unit)s“%(task)s”的节点“%(what)s”应于%(day)s前完成，已超过%(days)s，尚未完成。")
    elif notice.params["central"]:
        text = _("商请贵单位推进“%(task)s”的节点“%(what)s”（原定%(day)s前完成），完成后填报。")
    else:
        text = _(
            "催办：“%(task)s”的节点“%(what)s”应于%(day)s前完成，已超过%(days)s，请尽快完成并填报。"
        )
    return text % words_of(notice, full_day)


def contribution_due(notice: Notice) -> str:
    """A cooperating unit's part is due soon."""
    if notice.params["central"]:
        text = _("商请贵单位于%(day)s前向牵头单位反馈“%(task)s”%(quarter)s配合情况。")
    else:
        text = _("请于%(day)s前向牵头单位反馈“%(task)s”%(quarter)s配合情况。")
    return text % words_of(notice, day)


def contribution_overdue(notice: Notice) -> str:
    """A cooperating unit has told the lead nothing."""
    if notice.params["verb"] == OFFICE:
        text = _(
            "%(unit)s“%(task)s”%(quarter)s配合情况应于%(day)s前反馈，已超过%(days)s，尚未反馈。"
        )
    elif notice.params["central"]:
        text = _("商请贵单位向牵头单位反馈“%(task)s”%(quarter)s配合情况（原定%(day)s前反馈）。")
    else:
        text = _(
            "催办：“%(task)s”%(quarter)s配合情况应于%(day)s前反馈，已超过%(days)s，请尽快反馈。"
        )
    return text % words_of(notice, full_day)


def target_without_value(notice: Notice) -> str:
    """A target's year is over, and there is no figure to judge it by."""
    late = notice.params["days"] > 0
    if notice.params["verb"] == OFFICE or not notice.params["unit"]:
        text = _("“%(plan)s”的目标“%(what)s”应于%(day)s前有可比的监测值，目前没有。")
    elif notice.params["central"]:
        text = _("商请贵单位于%(day)s前填报“%(plan)s”目标“%(what)s”的监测值。")
    elif late:
        text = _(
            "催办：“%(plan)s”目标“%(what)s”的监测值应于%(day)s前填报，已超过%(days)s，请尽快填报。"
        )
    else:
        text = _("请于%(day)s前填报“%(plan)s”目标“%(what)s”的监测值。")
    if late and notice.params["central"] and notice.params["verb"] != OFFICE:
        text = _("商请贵单位填报“%(plan)s”目标“%(what)s”的监测值（原定%(day)s前填报）。")
    return text % words_of(notice, full_day)


def no_officer(notice: Notice) -> str:
    """Nobody in the unit receives reminders."""
    text = _("%(unit)s在“%(plan)s”中没有填报人，提醒无人接收，请补登填报人。")
    return text % words_of(notice, full_day)


def no_liaison(notice: Notice) -> str:
    """The unit has named nobody to call."""
    text = _("%(unit)s在“%(plan)s”中没有登记联络员，请补登。")
    return text % words_of(notice, full_day)


def words_of(notice: Notice, form: Any) -> dict[str, Any]:
    params = notice.params
    quarter = Quarter.parse(params["quarter"]).label if params["quarter"] else ""
    return {
        "task": params["task"],
        "what": params.get("what", ""),
        "plan": params["plan"],
        "unit": params["unit"],
        "quarter": quarter,
        "day": form(notice.due_on),
        "days": workday_words(params["days"]),
    }
