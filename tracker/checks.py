"""System checks of the project: what an operator must know before it goes wrong."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.utils.translation import gettext as _

from tracker.lib import outward, workdays

# The State Council publishes the list for a year in the November before.
EXPECTED_FROM_MONTH = 11


@register("calendar")
def check_calendar(
    app_configs: Any = None, *, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Warn when the working days of this year, or in November of the next, are only guessed.

    It speaks of a running site on the day, not of its code or settings: like Django's checks of
    databases it runs with `migrate` and `check --database default`, and a build does not turn red
    because November has come.
    """
    return missing_calendars(workdays.today()) if databases else []


def missing_calendars(today: datetime.date) -> list[CheckMessage]:
    """Return a warning for each year that should have a published list by the day and has none."""
    return [
        Warning(
            _("没有%(year)s年的节假日和调休安排：该年的工作日暂按周一至周五计算。")
            % {"year": year},
            hint=_("国务院办公厅公布安排后，请在“节假日安排”页上传，或升级 chinesecalendar。"),
            id="tracker.W001",
        )
        for year in workdays.missing_years(today, from_month=EXPECTED_FROM_MONTH)
    ]


LEAST_SECRET = 32


@register("security")
def check_gateway(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """A gateway that could never be called, or whose calls anybody could forge."""
    if not settings.GATEWAY_URL:
        return []
    found: list[CheckMessage] = []
    try:
        outward.check(settings.GATEWAY_URL)
    except outward.Barred as error:
        text = _("GATEWAY_URL 不能使用：%(reason)s") % {"reason": error}
        hint = _("内部网段用 WEBHOOK_NETWORKS 允许，见 docs/gateway.md。")
        found.append(Error(text, hint=hint, id="tracker.E008"))
    if len(settings.GATEWAY_SECRET) < LEAST_SECRET:
        text = _("GATEWAY_SECRET 未设置或过短：任何人都能冒充本站发送短信。")
        hint = _("请设置至少32个随机字符，与网关一致。")
        found.append(Error(text, hint=hint, id="tracker.E009"))
    try:
        re.compile(settings.GATEWAY_ADDRESS)
    except re.error as error:
        text = _("GATEWAY_ADDRESS 不是正则表达式：%(reason)s") % {"reason": error}
        hint = _("请写整个号码或账号须符合的正则表达式，或留空（手机号）；见 docs/gateway.md。")
        found.append(Error(text, hint=hint, id="tracker.E010"))
    return found


@register("security", deploy=True)
def check_proxies(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Behind a proxy that is not counted, everybody has the proxy's address."""
    if not settings.SECURE_PROXY_SSL_HEADER or settings.REST_FRAMEWORK["NUM_PROXIES"] > 0:
        return []
    return [
        Error(
            _("BEHIND_PROXY 已开启而 NUM_PROXIES 为0：历史中的地址和限速都只认得代理。"),
            hint=_("请把 NUM_PROXIES 设为本站前面代理的层数，如 1。"),
            id="tracker.E007",
        )
    ]
