"""The sentence of a thing that is urged, in the active language, from what is remembered of it.

Units of one's own side are urged, with how late they are; others are asked, without.
"""

import datetime
from collections.abc import Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tasks.services.late import LateKind
from tracker.lib.text import workday_words
from tracker.lib.workdays import Quarter


def full_day(value: datetime.date) -> str:
    """2025年12月31日."""
    return date_format(value, _("Y年n月j日"))


def sentence(kind: str, due_on: datetime.date, params: Mapping[str, Any], *, own: bool) -> str:
    """What is outstanding and what is asked for."""
    words = {
        "task": params["task"],
        "what": params["what"],
        "day": full_day(due_on),
        "days": workday_words(params["days"]),
    }
    if kind in (LateKind.MISSING, LateKind.RETURNED) and params["what"]:
        words["what"] = Quarter.parse(params["what"]).label
    late = params["days"] > 0
    found = _late(kind) if own and late else _due(kind) if own else _asked(kind)
    return found % words


def _late(kind: str) -> str:
    match kind:
        case LateKind.OVERDUE:
            return _("任务“%(task)s”应于%(day)s前完成，已逾期%(days)s，请尽快办结。")
        case LateKind.EXPIRED:
            return _("方案已于%(day)s期满，任务“%(task)s”尚未办结，请尽快办结。")
        case LateKind.MILESTONE:
            return _(
                "任务“%(task)s”的节点“%(what)s”应于%(day)s前完成，已超过%(days)s，请抓紧推进。"
            )
        case LateKind.MISSING:
            return _("“%(task)s”%(what)s进展应于%(day)s前报送，已超过%(days)s，请尽快报送。")
        case LateKind.RETURNED:
            return _(
                "“%(task)s”%(what)s进展已退回，应于%(day)s前重报，已超过%(days)s，请尽快修改重报。"
            )
    return _("“%(task)s”的督查整改（%(what)s）应于%(day)s前反馈，已超过%(days)s，请尽快反馈。")


def _due(kind: str) -> str:
    """On its day or before; a day off has not made it late by a working day."""
    match kind:
        case LateKind.OVERDUE:
            return _("任务“%(task)s”应于%(day)s前完成，请尽快办结。")
        case LateKind.EXPIRED:
            return _("方案已于%(day)s期满，任务“%(task)s”尚未办结，请尽快办结。")
        case LateKind.MILESTONE:
            return _("任务“%(task)s”的节点“%(what)s”应于%(day)s前完成，请抓紧推进。")
        case LateKind.MISSING:
            return _("“%(task)s”%(what)s进展应于%(day)s前报送，尚未收到，请按时报送。")
        case LateKind.RETURNED:
            return _("“%(task)s”%(what)s进展已退回，请于%(day)s前修改后重报。")
    return _("“%(task)s”的督查整改（%(what)s）应于%(day)s前反馈，请尽快反馈。")


def _asked(kind: str) -> str:
    match kind:
        case LateKind.OVERDUE:
            return _("商请推进并完成任务“%(task)s”（时限%(day)s）。")
        case LateKind.EXPIRED:
            return _("方案已于%(day)s期满，商请推进并完成任务“%(task)s”。")
        case LateKind.MILESTONE:
            return _("商请推进任务“%(task)s”的节点“%(what)s”（时间%(day)s）。")
        case LateKind.MISSING:
            return _("商请报送“%(task)s”%(what)s进展（%(day)s前报送）。")
        case LateKind.RETURNED:
            return _("“%(task)s”%(what)s进展已退回，商请修改后重报（%(day)s前重报）。")
    return _("“%(task)s”有督查意见（%(what)s），商请反馈整改情况（%(day)s前反馈）。")
