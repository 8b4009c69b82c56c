"""The log of administration, in words; read from the newest, never counted."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tracker.lib.workdays import SHANGHAI
from units.models import AuditEntry
from units.states import RequestKind, Role
from units.verbs import ADMINISTRATION

NOTHING = "—"


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
    known = {
        "count": _("次数"),
        "method": _("方法"),
        "path": _("网址"),
        "status": _("状态码"),
        "number": _("数量"),
        "failures": _("失败次数"),
        "addresses": _("地址"),
        "expires_at": _("到期时间"),
        "temporary": _("初始密码"),
        "reset": _("重置"),
        "since": _("起"),
        "until": _("止"),
        "username": _("用户名"),
        "notices": _("提醒"),
        "people": _("人员"),
        "reports": _("进展"),
        "tasks": _("任务"),
        "milestones": _("年度节点"),
        "endings": _("办结"),
        "findings": _("督查意见"),
        "responsibilities": _("责任"),
        "files": _("文件"),
        "periods": _("填报期"),
        "holds": _("核对通过"),
        "sentence": _("发现"),
        "entries": _("条数"),
        "file": _("文件"),
        "filters": _("条件"),
        "digest": _("摘要"),
        "day": _("日期"),
        "old": _("原单位"),
        "new": _("承接单位"),
        "duties": _("责任"),
        "merged": _("合并的责任"),
        "handed_out": _("重新交办"),
    }
    if name in known:
        return known[name]
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
