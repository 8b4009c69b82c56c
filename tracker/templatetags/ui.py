"""The parts that every page is made of: icons, lights, bars, sortable heads, words for days."""

import datetime
from collections.abc import Iterable
from typing import Any

from django import template
from django.forms import BoundField
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker.lib.charts import Chart
from tracker.lib.lists import Head
from tracker.lib.text import listed as in_a_row

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """`{% icon "bell" %}`: an icon of the sprite; with a label it is read aloud."""
    use = format_html('<use href="{}#{}"/>', static("vendor/icons.svg"), name)
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}">{}</svg>', label, use)
    return format_html('<svg class="icon" aria-hidden="true">{}</svg>', use)


@register.simple_tag
def shape(light: Any) -> SafeString:
    """`{% shape word.light %}`: the sign of a light, which does not part from the word after it."""
    return format_html('<span class="shape">{}</span>\u00a0', light.shape)


@register.inclusion_tag("components/light.html")
def light(word: Any, reason: str = "", short: bool = False) -> dict[str, Any]:
    """`{% light word reason %}`: shape, word and colour; nothing for a task without a light.

    `short=True` in lists: what has a long name in another language has a short one there.
    """
    label = word and (word.short_label if short else word.label)
    return {"word": word, "label": label, "reason": reason}


@register.inclusion_tag("components/bar.html")
def bar(percent: int | None, wide: bool = False) -> dict[str, Any]:
    """`{% bar percent %}`: a bar with its figure; 未报 where there is none."""
    return {"percent": percent, "wide": wide}


@register.inclusion_tag("components/chart.html")
def chart(chart: Chart, titled: bool = True) -> dict[str, Any]:
    """`{% chart chart %}`: a picture, and the same figures as a table beneath."""
    return {"chart": chart, "titled": titled, "data": json_script(chart.data)}


@register.inclusion_tag("components/sort_head.html", takes_context=True)
def sort_head(context: dict[str, Any], label: str, key: str = "") -> dict[str, Any]:
    """`{% sort_head label key %}`: a table head that sorts by `?ordering=key`."""
    request: HttpRequest = context["request"]
    now = request.GET.get("ordering", "")
    chosen = "up" if now == key else "down" if now == f"-{key}" else ""
    params = request.GET.copy()
    params.pop("page", None)
    params["ordering"] = f"-{key}" if chosen == "up" else key
    return {
        "label": label,
        "key": key,
        "chosen": chosen if key else "",
        "url": f"{request.path}?{params.urlencode()}",
    }


@register.simple_tag
def cell(head: Head, row: Any) -> str:
    """`{% cell head row %}`: what the column of a list says of the row, as its workbook does."""
    return head.column.text(row) or "—"


@register.simple_tag(takes_context=True)
def this_page_with(context: dict[str, Any], **changes: Any) -> str:
    """`{% this_page_with light="red" %}`: this address with other parameters, on page one."""
    return _address(context["request"], changes)


@register.simple_tag(takes_context=True)
def this_page_without(context: dict[str, Any], name: str) -> str:
    """`{% this_page_without name %}`: this address less one parameter, on page one."""
    return _address(context["request"], {name: ""})


def _address(request: HttpRequest, changes: dict[str, Any]) -> str:
    params = request.GET.copy()
    params.pop("page", None)
    for name, value in changes.items():
        params.pop(name, None)
        if value not in (None, ""):
            params[name] = str(value)
    return f"{request.path}?{params.urlencode()}" if params else request.path


@register.filter
def listed(items: Iterable[object]) -> str:
    """`{{ plan.issuers|listed }}`: in a row, with the sign of the reader's language between."""
    return in_a_row(items)


@register.filter
def widget_attr(field: BoundField, name: str) -> str:
    """`{{ field|widget_attr:"data-count" }}`: an attribute whose name a template cannot spell."""
    return str(field.field.widget.attrs.get(name, ""))


@register.simple_tag
def days_left(due: datetime.date | None, today: datetime.date) -> str:
    """`{% days_left due today %}`: 还有12天, 今天到期, 已超41天; empty without a date."""
    if due is None:
        return ""
    days = (due - today).days
    if days == 0:
        return _("今天到期")
    if days > 0:
        return ngettext("还有%(days)d天", "还有%(days)d天", days) % {"days": days}
    return ngettext("已超%(days)d天", "已超%(days)d天", -days) % {"days": -days}
