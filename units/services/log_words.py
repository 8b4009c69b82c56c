"""Words for what stands in entries of the log: the names, and those values that are one of a few.

A name is a field of what the entry is about, or stands in `NAMES`; tests/test_log_words.py reads
the sources and fails for one that has no words.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker.lib.lists import LISTS
from tracker.lib.text import listed
from units.models import AuditEntry
from units.states import Result
from units.verbs import ADMINISTRATION

NOTHING = "—"
# Entries that tell fields of something else than they are about.
ABOUT: Final = {"unit.name": "units.unitname"}

# What stands in an entry, but is no field of the thing, in words; the floors above add theirs.
NAMES: Final[dict[str, str | Promise]] = {
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
    "days": gettext_lazy("天数"),
    "second_factor": gettext_lazy("第二验证"),
    "who": gettext_lazy("操作人"),
    "verb": gettext_lazy("动作"),
    "what": gettext_lazy("对象"),
    "result": gettext_lazy("结果"),
    "list": gettext_lazy("名单"),
    "columns": gettext_lazy("列"),
    "rows": gettext_lazy("行数"),
}
SECOND_FACTORS: Final = {
    "code": gettext_lazy("动态验证码"),
    "recovery": gettext_lazy("恢复码"),
}


def label_of(entry: AuditEntry, name: str) -> str:
    """What a name is called; of one that no part of the system writes, the name itself."""
    if name in NAMES:
        return str(NAMES[name])
    return str(getattr(_field(entry, name), "verbose_name", name))


def shown(entry: AuditEntry, name: str, value: Any) -> str:
    """A value in words."""
    if value in (None, "", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, dict):
        told = ((label_of(entry, key), shown(entry, key, one)) for key, one in value.items())
        return _("；").join(_("%(label)s：%(value)s") % {"label": k, "value": v} for k, v in told)
    if isinstance(value, list):
        return listed(_word(entry, name, one) for one in value)
    return _word(entry, name, value)


def _word(entry: AuditEntry, name: str, value: Any) -> str:
    choices: dict[Any, Any] = dict(getattr(_field(entry, name), "flatchoices", None) or ())
    if value in choices:
        return str(choices[value])
    words = OF_VALUES.get(name)
    return str(words(entry, value)) if words else str(value)


def _field(entry: AuditEntry, name: str) -> Any:
    try:
        model = apps.get_model(ABOUT.get(entry.verb, entry.object_type))
        return model._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return None


def _list_of(entry: AuditEntry) -> Any:
    return LISTS.get(str(entry.after.get("list", "")))


def _column(entry: AuditEntry, value: Any) -> Any:
    heads = _list_of(entry).heads if _list_of(entry) else ()
    return next((head.label for head in heads if head.key == value), value)


# Values that are one of a few, of names that are no fields.
OF_VALUES: Mapping[str, Callable[[AuditEntry, Any], Any]] = {
    "verb": lambda _entry, value: ADMINISTRATION.get(value, value),
    "result": lambda _entry, value: dict(Result.choices).get(value, value),
    "second_factor": lambda _entry, value: SECOND_FACTORS.get(value, value),
    "list": lambda entry, value: getattr(_list_of(entry), "title", value),
    "columns": _column,
}
