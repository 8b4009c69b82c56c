"""The words of the units app, with their legal moves."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class JurisdictionLevel(models.TextChoices):
    PROVINCE = "province", _("省级")
    PREFECTURE = "prefecture", _("市级")
    COUNTY = "county", _("县级")


class Extent(models.TextChoices):
    """How much of a jurisdiction a region takes in."""

    WHOLE = "whole", _("全域")
    PARTIAL = "partial", _("部分")
    EXCLUDED = "excluded", _("不纳入")


class UnitKind(models.TextChoices):
    GOVERNMENT = "government", _("政府部门")
    PARTY = "party", _("党委部门")
    VERTICAL = "vertical", _("中央垂直管理单位")
    ENTERPRISE = "enterprise", _("企业")
    INSTITUTION = "institution", _("事业单位")
    COLLECTIVE = "collective", _("集体")

    @property
    def is_central(self) -> bool:
        """Central bodies and enterprises are asked (商请), never urged (催办)."""
        return self in {UnitKind.VERTICAL, UnitKind.ENTERPRISE}


class NameKind(models.TextChoices):
    SHORT = "short", _("简称")
    FULL = "full", _("全称")
    FORMER = "former", _("曾用名")


class DocumentKind(models.TextChoices):
    PLAN = "plan", _("方案")
    DRAFT = "draft", _("征求意见稿")
    NEWS = "news", _("新闻报道")
    REPORT = "report", _("情况通报")
    STANDARD = "standard", _("标准")


class Role(models.TextChoices):
    """What a person is, in a unit, an office, or for a jurisdiction."""

    OFFICER = "officer", _("填报人")
    SIGNER = "signer", _("审签人")
    LIAISON = "liaison", _("联络员")
    COORDINATOR = "coordinator", _("协调办公室人员")
    LEADER = "leader", _("分管领导")
    INSPECTOR = "inspector", _("督查员")
    SYSTEM_ADMIN = "system_admin", _("系统管理员")
    SECURITY_ADMIN = "security_admin", _("安全管理员")
    AUDIT_ADMIN = "audit_admin", _("审计管理员")


UNIT_ROLES = (Role.OFFICER, Role.SIGNER, Role.LIAISON)
OFFICE_ROLES = (Role.COORDINATOR, Role.LEADER)
JURISDICTION_ROLES = (Role.INSPECTOR,)
# 三权分立: held in no body, one a person and nothing beside it; none sees business data.
SITE_ROLES = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)


class Source(models.TextChoices):
    """Which door a change came through."""

    WEB = "web", _("网页")
    API = "api", _("接口")
    JOB = "job", _("后台任务")
    COMMAND = "command", _("命令")
    FORM = "form", _("回填表")


class Result(models.TextChoices):
    """How what an entry of the log tells of ended."""

    DONE = "done", _("成功")
    REFUSED = "refused", _("被拒绝")


class RequestKind(models.TextChoices):
    """What is asked of the security administrator."""

    INVITE = "invite", _("新增账号")
    POST = "post", _("增加任职")
    HAND_OVER = "hand_over", _("工作交接")
    RESET = "reset", _("重置密码")
    END = "end", _("停用账号")


class RequestState(models.TextChoices):
    WAITING = "waiting", _("待确认")
    CONFIRMED = "confirmed", _("已确认")
    REFUSED = "refused", _("未同意")
    WITHDRAWN = "withdrawn", _("已撤回")


REQUEST_MOVES: Mapping[RequestState, frozenset[RequestState]] = {
    RequestState.WAITING: frozenset(
        {RequestState.CONFIRMED, RequestState.REFUSED, RequestState.WITHDRAWN}
    ),
    RequestState.CONFIRMED: frozenset(),
    RequestState.REFUSED: frozenset(),
    RequestState.WITHDRAWN: frozenset(),
}


class SuccessionKind(models.TextChoices):
    """What happens to units on a day."""

    RENAME = "rename", _("更名")
    MERGE = "merge", _("合并")
    SPLIT = "split", _("拆分")
    ABOLISH = "abolish", _("撤销")
