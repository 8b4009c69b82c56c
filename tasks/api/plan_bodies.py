"""What is written into plans, actions, tasks, responsibilities and their 交办."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from tasks.api.writes import ByCode, day, text
from tasks.forms.plans import RESERVED
from tasks.models import Assignment, Plan, Responsibility, Task
from tasks.services.assignments import MAX_NOTE
from tasks.services.plan_edit import CODE_PATTERN
from tasks.services.plan_texts import HIGHEST
from tasks.states import Role
from tracker.lib.api.fields import ByNumber, StrictSerializer
from units.models import Jurisdiction, Office, Region

MOST_ROWS = 2000


def _number(**kwargs: object) -> serializers.IntegerField:
    return serializers.IntegerField(
        label=_("序号"),
        min_value=1,
        max_value=HIGHEST,
        **kwargs,  # type: ignore[arg-type]  # required alone
    )


def _code() -> serializers.RegexField:
    wrong: dict[str, Any] = {"invalid": _("代码应为小写字母、数字和连字符，如 joint-2026。")}
    return serializers.RegexField(
        rf"^{CODE_PATTERN}\Z", label=_("代码"), max_length=50, error_messages=wrong
    )


def _office() -> ByCode:
    return ByCode("name", label=_("协调办公室"), queryset=Office.objects.all())


class PlanBody(StrictSerializer):
    """A plan's head; what is not given stays. `reason` where dates are corrected."""

    title = text(_("标题"), 200, allow_blank=False)
    short_title = text(_("简称"), 50)
    number = text(_("发文字号"), 100)
    issuers = serializers.ListField(
        child=text(_("发文机关"), 100), label=_("发文机关"), required=False, max_length=20
    )
    signed_on = day(_("成文日期"))
    printed_on = day(_("印发日期"))
    published_on = day(_("公布日期"))
    starts_on = day(_("实施起"))
    ends_on = day(_("实施止"))
    dates_note = text(_("日期说明"), 200)
    jurisdiction = ByCode(
        label=_("辖区"), queryset=Jurisdiction.objects.all(), required=False, allow_null=True
    )
    region = ByCode(label=_("区域"), queryset=Region.objects.all(), required=False, allow_null=True)
    implements = ByCode(
        label=_("落实的方案"), queryset=Plan.objects.all(), required=False, allow_null=True
    )
    coordinating_body = text(_("议事协调机构"), 200)
    tracked_from = text(_("启用季度"), 20)
    reminders_from = day(_("提醒起始日"))
    reason = text(_("更正理由"), 500)
    opens = serializers.IntegerField(
        label=_("确认开放的填报期数"),
        help_text=_("启用季度会立即开放填报期时，写明个数以示确认；不符则不保存。"),
        required=False,
        min_value=1,
        max_value=999,
    )


class _WithCode(StrictSerializer):
    code = _code()

    def validate_code(self, code: str) -> str:
        """Refuse a code in use."""
        if code in RESERVED or Plan.objects.filter(code=code).exists():
            words = {"code": code}
            raise serializers.ValidationError(_("代码“%(code)s”已被使用，请换一个。") % words)
        return code


class NewPlan(_WithCode, PlanBody):
    """A draft to begin with; its office coordinates its first side."""

    title = text(_("标题"), 200, required=True)
    office = _office()
    reason = None  # type: ignore[assignment]  # nothing to correct yet
    opens = None  # type: ignore[assignment]  # nor to open


class CopyBody(_WithCode):
    """The next plan, from this one."""

    title = text(_("标题"), 200, required=True)
    office = _office()


class SideBody(StrictSerializer):
    """A further office."""

    office = _office()


class SideRef(StrictSerializer):
    """A side, by the code of its place."""

    side = serializers.CharField(label=_("所属方"), max_length=20)


class ActionBody(StrictSerializer):
    """An action; what is not given stays."""

    number = _number(required=False)
    numeral = text(_("文中序号"), 20)
    title = text(_("标题"), 200, allow_blank=False)
    clause = text(_("条款"), 100)


class NewAction(ActionBody):
    """An action to begin with; without a number it is the last."""

    plan = ByCode(label=_("方案"), queryset=Plan.objects.all())
    title = text(_("标题"), 200, required=True)


class TaskBody(StrictSerializer):
    """A task; what is not given stays. `action` is its number in the plan."""

    action = _number(required=False)
    number = _number(required=False)
    title = text(_("任务"), 200, allow_blank=False)
    summary = text(_("概要"), 5000)
    clause = text(_("条款"), 100)
    due_on = day(_("完成时限"))
    implements = serializers.ListField(
        child=ByNumber(queryset=Task.objects.all()),
        label=_("落实的任务"),
        required=False,
        max_length=200,
    )
    reason = text(_("更正理由"), 500)


class NewTask(TaskBody):
    """A task to begin with; without a number it is the last."""

    plan = ByCode(label=_("方案"), queryset=Plan.objects.all())
    action = _number()
    title = text(_("任务"), 200, required=True)
    reason = None  # type: ignore[assignment]  # nothing to correct yet


class DutyBody(StrictSerializer):
    """A responsibility; what is not given stays. `unit` is any name of it, or its number."""

    unit = text(_("单位"), 100, allow_blank=False)
    role = serializers.ChoiceField(Role.choices, label=_("角色"), required=False)
    side = ByCode(
        label=_("所属方"), queryset=Jurisdiction.objects.all(), required=False, allow_null=True
    )
    written = text(_("文中写法"), 100)
    note = text(_("备注"), 200)
    due_on = day(_("核定时限"))
    reason = text(_("更正理由"), 500)


class NewDuty(DutyBody):
    """A responsibility to begin with."""

    task = ByNumber(label=_("任务"), queryset=Task.objects.select_related("plan__jurisdiction"))
    unit = text(_("单位"), 100, required=True)
    role = serializers.ChoiceField(Role.choices, label=_("角色"))
    reason = None  # type: ignore[assignment]  # nothing to correct yet


class NameList(StrictSerializer):
    """Units as a document lists them; `take` gives them their parts, if all are found."""

    task = ByNumber(label=_("任务"), queryset=Task.objects.select_related("plan__jurisdiction"))
    names = text(_("单位名单"), 5000, required=True)
    role = serializers.ChoiceField(Role.choices, label=_("未注明的列为"), default=Role.COOPERATING)
    side = ByCode(
        label=_("所属方"), queryset=Jurisdiction.objects.all(), required=False, allow_null=True
    )
    take = serializers.BooleanField(label=_("加入"), default=False)


class HandOut(StrictSerializer):
    """What is handed out, and by when it is to be signed for (three working days)."""

    responsibilities = serializers.ListField(
        child=ByNumber(queryset=Responsibility.objects.all()),
        label=_("责任"),
        min_length=1,
        max_length=MOST_ROWS,
    )
    note = text(_("交办要求"), MAX_NOTE)
    sign_by = serializers.DateField(label=_("签收期限"), required=False)


class Signing(StrictSerializer):
    """What is signed for; without `assignments`, all that waits for the person's units."""

    assignments = serializers.ListField(
        child=ByNumber(queryset=Assignment.objects.all()),
        label=_("交办"),
        required=False,
        min_length=1,
        max_length=MOST_ROWS,
    )
