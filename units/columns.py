"""Columns of the lists of this app: the log of administration, and people."""

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from tracker.lib.columns import SHORT, Cell, Column
from tracker.lib.lists import Head, ListOf, register

# Of `units.services.log_export.Line`.
WHAT = (Column("what", _("动作"), width=16), Column("result", _("结果"), width=8))
WHO = (Column("who", _("操作人"), width=12), Column("unit", _("单位"), width=22))
CHANGES = (Column("changes", _("变更前后"), width=48), Column("reason", _("理由"), width=30))
SOURCE = (Column("source", _("来源"), width=10), Column("address", _("地址"), width=16))
NUMBER = Column("number", _("编号"), width=10)

LOG = (
    Head(Column("at", _("时间"), width=20)),
    Head(Column("what", _("动作")), fixed=True, parts=WHAT),
    Head(Column("who", _("操作人")), parts=WHO),
    Head(Column("about", _("对象"), width=36)),
    Head(Column("changes", _("变更前后")), parts=CHANGES),
    Head(Column("source", _("来源")), parts=(*SOURCE, NUMBER)),
)
LOG_LIST = register(ListOf("units:audit", _("管理记录"), LOG))


def _posts(one: Any) -> Cell:
    """Of the posts that the reader may see, a line each."""
    return "\n".join(f"{post.body or ''} {post.get_role_display()}" for post in one.posts_seen)


def _account(one: Any) -> Cell:
    if not one.is_active:
        return _t("已停用")
    return _t("在用") if one.has_usable_password() else _t("未设密码")


# A workbook that leaves the system holds name, unit, post and work phone of a person, no more.
PEOPLE = (
    Head(Column("name", _("姓名"), width=14, value=lambda one: str(one)), fixed=True),
    Head(Column("username", _("用户名")), on_page_only=True),
    Head(Column("post", _("职务"), width=18)),
    Head(Column("posts", _("任职"), width=44, value=_posts)),
    Head(Column("phone", _("办公电话"), width=18)),
    Head(Column("last_login", _("最近登录")), on_page_only=True),
    Head(Column("account", _("账号"), format=SHORT, width=12, value=_account)),
)
PEOPLE_LIST = register(ListOf("units:people", _("人员名单"), PEOPLE, verb="people.export"))
