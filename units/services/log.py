"""The log of administration, in words; read from the newest, never counted."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker.lib.workdays import SHANGHAI
from units.models import AuditEntry
from units.states import RequestKind, Role
from units.verbs import ADMINISTRATION

NOTHING = "—"


# What stands in an entry, but is no field of the thing, in words.
LABELS: Final = {
    "count": gettext_lazy("次数"),
    "method": gettext_lazy("方法"),
    "path": gettext_lazy("网址"),
    "status": gettext_lazy("状态码"),
    "number": gettext_lazy("数量"),
    "failures": gettext_lazy("失败次数"),
    "addresses": gettext_lazy("地址"),
    "expires_at": gettext_lazy("到期时间"),
    "temporary": gettext_lazy("初始密码"),
    "reset": gettext_lazy("重置"),
    "since": gettext_lazy("起"),
    "until": gettext_lazy("止"),
    "username": gettext_lazy("用户名"),
    "notices": gettext_lazy("提醒"),
    "people": gettext_lazy("人员"),
    "reports": gettext_lazy("进展"),
    "tasks": gettext_lazy("任务"),
    "milestones": gettext_lazy("年度节点"),
    "endings": gettext_lazy("办结"),
    "findings": gettext_lazy("督查意见"),
    "responsibilities": gettext_lazy("责任"),
    "files": gettext_lazy("文件"),
    "periods": gettext_lazy("填报期"),
    "holds": gettext_lazy("核对通过"),
    "sentence": gettext_lazy("发现"),
    "entries": gettext_lazy("条数"),
    "file": gettext_lazy("文件"),
    "filters": gettext_lazy("条件"),
    "digest": gettext_lazy("摘要"),
    "day": gettext_lazy("日期"),
    "old": gettext_lazy("原单位"),
    "new": gettext_lazy("承接单位"),
    "duties": gettext_lazy("责任"),
    "merged": gettext_lazy("合并的责任"),
    "handed_out": gettext_lazy("重新交办"),
}


@dataclass(frozen=True)
class Change:
    """One thing that an entry tells, before and after."""

    name: str
    label: str
    before: str
    after: str


def narrowed(
    entries: "QuerySet[AuditEntry]",
    *,
    since: datetime.date | None = None,
    until: datetime.date | None = None,
    who: str = "",
    verb: str = "",
    what: str = "",
    result: str = "",
) -> "QuerySet[AuditEntry]":
    """Entries of these days (both included), persons, verbs, objects."""
    if since:
        entries = entries.filter(at__gte=_at(since, datetime.time.min))
    if until:
        entries = entries.filter(at__lte=_at(until, datetime.time.max))
    if who:
        entries = entries.filter(actor_name__icontains=who)
    if verb:
        entries = entries.filter(verb=verb)
    if what:
        entries = entries.filter(object_name__icontains=what)
    if result:
        entries = entries.filter(result=result)
    return entries.order_by("-pk")


def _at(day: datetime.date, time: datetime.time) -> datetime.datetime:
    return datetime.datetime.combine(day, time, SHANGHAI)


def verb_words(entry: AuditEntry) -> str:
    """What was done."""
    return str(ADMINISTRATION.get(entry.verb, entry.verb))


def changes(entry: AuditEntry) -> list[Change]:
    """What the entry tells, each under its name."""
    return list(_changes(entry))


def _changes(entry: AuditEntry) -> Iterator[Change]:
    for name in dict.fromkeys([*entry.before, *entry.after]):
        before, after = entry.before.get(name), entry.after.get(name)
        yield Change(name, _label(entry, name), _shown(name, before), _shown(name, after))


def _label(entry: AuditEntry, name: str) -> str:
    if name in LABELS:
        return str(LABELS[name])
    try:
        model = apps.get_model(entry.object_type)
        return str(getattr(model._meta.get_field(name), "verbose_name", name))
    except (LookupError, ValueError, FieldDoesNotExist):
        return name


def _shown(name: str, value: Any) -> str:
    if value in (None, "", []):
        return NOTHING
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return "、".join(map(str, value))
    if isinstance(value, dict):
        return "；".join(f"{key}：{one}" for key, one in value.items())
    if name == "role" and value in Role.values:
        return str(Role(value).label)
    if name == "kind" and value in RequestKind.values:
        return str(RequestKind(value).label)
    return str(value)
