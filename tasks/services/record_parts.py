"""What 记录 tells beside a task's history: about which rows, by which verbs, to whom.

`PARTS` may be added to by the floor above, for the books; `OPEN` is told to everybody.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tasks import policy
from tasks.models import (
    Action,
    Assessment,
    Contribution,
    Ending,
    Evidence,
    Extension,
    Finding,
    Milestone,
    Observation,
    Period,
    PhoneCall,
    Plan,
    Robot,
    Sample,
    SampleRow,
    Urge,
    UrgeUnit,
)
from tasks.models.evidence import OWNERS
from tasks.policy.evidence import owners_read
from tasks.states import FindingStepKind
from units import policy as people
from units.models import Deputy, User
from units.policy import standing

OPEN: Mapping[str, type[models.Model]] = {"plan": Plan, "action": Action, "period": Period}
OPEN_WORDS: Mapping[str, str | Promise] = {
    "plan.create": _("录入方案"), "plan.edit": _("修改方案"), "plan.publish": _("发布方案"),
    "plan.delete": _("删除方案"),
    "plan.settings": _("修改方案设置"), "plan.reminders": _("修改提醒设置"),
    "plan.side_add": _("增加一方"),
    "plan.side_remove": _("移除一方"), "plan.track": _("开始跟踪"), "plan.renumber": _("调整序号"),
    "action.create": _("录入行动"), "action.edit": _("修改行动"), "action.delete": _("删除行动"),
    "period.open": _("开启填报期"), "period.close": _("关闭填报期"),
    "period.close_side": _("一方关闭填报期"), "period.reopen": _("重开填报期"),
    "period.backfill": _("补开填报期"),
}  # fmt: skip


# What stands in these entries, but is no field of what they are about.
NAMES: Mapping[str, str | Promise] = {
    "implements": _("落实的任务"), "sides": _("各方"), "side": _("所属方"),
    "office": _("协调办公室"), "period": _("填报期"), "sha256": _("文件校验码"),
    "missing": _("未报"), "returned": _("已退回"), "unreviewed": _("未审核"),
    "answer_by": _("回复期限"), "things": _("事项数"),
    "target_day": _("次年指标提醒日"), "rules": _("提醒规则"), "on": _("启用"),
    "steps": _("步骤"), "repeat": _("重复间隔"), "tell": _("通知对象"),
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """Entries about rows of one kind, told to who reads the row."""

    model: type[models.Model]
    words: Mapping[str, str | Promise]
    rows: Callable[[User], QuerySet[Any]]
    fields: tuple[str, ...] | None = None  # which are told; None is all


def _seen(verb: str) -> Callable[[User], QuerySet[Any]]:
    return lambda user: policy.scope(user, verb)


def _own_parts(user: User) -> QuerySet[Contribution]:
    """What stays in the unit as long as it is not told."""
    rows: QuerySet[Contribution] = policy.scope(user, "contribution.view")
    who = standing(user)
    return rows if who.superuser else rows.filter(responsibility__unit__in=who.units)


def _drawn(user: User) -> QuerySet[SampleRow]:
    return SampleRow.objects.filter(sample__in=policy.scope(user, "sample.view"))


def _assessed(user: User) -> QuerySet[Assessment]:
    return Assessment.objects.filter(responsibility__in=policy.scope(user, "assessment.view"))


def _robots(user: User) -> QuerySet[Robot]:
    """Of the own offices, those that were removed too."""
    return Robot.objects.filter(office__in=policy.scope(user, "robot.add"))


def _sendings(user: User) -> QuerySet[Urge]:
    """Those of one's office, or of a place that one inspects; a unit reads its own letter alone."""
    who = standing(user)
    rows = Urge.objects.filter(parts__in=policy.scope(user, "urge.view"))
    return rows.distinct() if who.superuser or not who.units else rows.none()


def _lost_files(kind: str) -> Part:
    """A file that was taken away is told with what it stood with; of a report, not of its way."""

    def rows(user: User) -> QuerySet[Any]:
        read = owners_read(user, kind)
        if kind != "report":
            return read
        return read.filter(responsibility__in=policy.scope(user, "handed_in.view"))

    model: Any = Evidence._meta.get_field(kind).related_model
    return Part(model, {"evidence.detach": _("删除佐证材料")}, rows, ("file",))


# Who took a file is told by name only to who may know the person.
TAKEN = {"evidence.download", "report_file.download", "urge.download"}
PARTS: list[Part] = [
    Part(Milestone, {
        "milestone.propose": _("提出年度节点"), "milestone.create": _("录入年度节点"),
        "milestone.edit": _("修改年度节点"), "milestone.change": _("变更年度节点"),
        "milestone.confirm": _("确认年度节点"), "milestone.claim": _("申报节点完成"),
        "milestone.accept": _("认定节点完成"), "milestone.return": _("退回节点"),
        "milestone.recall": _("撤回节点"), "milestone.drop": _("取消节点"),
        "milestone.delete": _("删除节点"),
    }, _seen("milestone.view")),
    Part(Extension, {
        "extension.ask": _("申请延期"), "extension.grant": _("同意延期"),
        "extension.refuse": _("不同意延期"), "extension.withdraw": _("撤回延期申请"),
    }, _seen("extension.view")),
    Part(Ending, {
        "ending.claim": _("申报办结"), "ending.accept": _("同意办结"),
        "ending.refuse": _("不同意办结"), "ending.withdraw": _("撤回办结申报"),
        "ending.revoke": _("撤销办结"),
    }, _seen("ending.view")),
    Part(Finding, {
        f"finding.{kind.value}": kind.label for kind in FindingStepKind
    }, _seen("finding.view")),
    Part(Observation, {
        "observation.save": _("录入监测值"), "observation.submit": _("报送监测值"),
        "observation.approve": _("监测值审核通过"), "observation.return": _("退回监测值"),
    }, _seen("observation.view")),
    # Texts are told where they stand.
    Part(Contribution, {
        "contribution.submit": _("反馈配合情况"), "contribution.take": _("采纳配合情况"),
        "contribution.return": _("退回配合情况"),
    }, _seen("contribution.view"), ()),
    Part(Contribution, {
        "contribution.save": _("保存配合情况"), "contribution.recall": _("撤回配合情况"),
    }, _own_parts, ()),
    Part(Evidence, {
        "evidence.attach": _("上传佐证材料"), "evidence.download": _("下载佐证材料"),
    }, _seen("evidence.view"), ("name", "size")),
    *(_lost_files(kind) for kind in OWNERS),
    Part(Deputy, {
        "deputy.name": _("登记代收提醒"), "deputy.end": _("结束代收提醒"),
    }, lambda user: people.scope(user, "deputy.end")),
    Part(UrgeUnit, {
        "urge.send": _("发出催办或商请函"), "urge.sign": _("签收函件"),
        "urge.answer": _("回复函件"),
    }, _seen("urge.view")),
    Part(UrgeUnit, {"urge.download": _("下载函件")}, _seen("urge.view"), ()),
    Part(Urge, {"urge.download": _("下载函件")}, _sendings, ()),
    Part(PhoneCall, {"call.note": _("电话催办")}, _seen("call.view")),
    Part(Robot, {
        "robot.add": _("登记群机器人"), "robot.try": _("试发群消息"),
        "robot.remove": _("移除群机器人"),
    }, _robots),
    Part(Sample, {"sample.draw": _("抽查抽取")}, _seen("sample.view"),
         ("plan", "jurisdiction", "size", "seed")),
    Part(SampleRow, {"sample.check": _("填写核查结果")}, _drawn),
    Part(Assessment, {"assessment.save": _("终期评估")}, _assessed),
]  # fmt: skip


def words() -> dict[str, str | Promise]:
    """What each verb is called."""
    found = dict(OPEN_WORDS)
    for part in PARTS:
        found |= part.words
    return found


def fields_of(verb: str) -> tuple[str, ...] | None:
    """Which fields of such an entry are told; None is all."""
    return next((part.fields for part in PARTS if verb in part.words), None)


def is_by_row(verb: str) -> bool:
    """Whether who reads the row knows who acted on it."""
    return verb not in TAKEN and any(verb in part.words for part in PARTS)
