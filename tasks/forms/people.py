"""Forms about people and contacts: hand-over, contacts of duties, a sheet of both."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from tasks import policy
from tasks.models import Plan
from tasks.states import Role
from tracker.lib.forms import Day, dress
from units.forms.people import FilterForm
from units.models import Membership, User
from units.services.newcomers import Newcomer

CONTACT_LABELS = {
    "leader": _("责任领导"),
    "division": _("责任处室"),
    "liaison": _("联络员"),
    "phone": _("联系电话"),
}


class HandOverForm(forms.Form):
    """To a colleague with an account, or to somebody new; from which day."""

    successor = forms.ModelChoiceField(
        User.objects.none(),
        label=_("接任人（已有账号）"),
        required=False,
        empty_label=_("另填新接任人"),
    )
    name = forms.CharField(label=_("新接任人姓名"), max_length=50, required=False)
    username = forms.CharField(
        label=_("新接任人用户名"), max_length=150, required=False, help_text=_("建议用姓名拼音。")
    )
    post = forms.CharField(label=_("职务"), max_length=50, required=False)
    phone = forms.CharField(label=_("办公电话"), max_length=30, required=False)
    email = forms.EmailField(label=_("邮箱"), required=False)
    starts_on = Day(
        label=_("交接日期"),
        help_text=_("接任人从这一天起办理；原任职到前一天为止。"),
        required=True,
        error_messages={"required": _("请填写交接日期。")},
    )
    note = forms.CharField(label=_("说明"), max_length=300, required=False)

    def __init__(
        self, *args: Any, membership: Membership, today: datetime.date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **{"initial": {"starts_on": today}, **kwargs})
        colleagues = Membership.objects.current(today).filter(
            unit=membership.unit, office=membership.office
        )
        field: Any = self.fields["successor"]
        field.queryset = (
            User.objects.filter(pk__in=colleagues.values("user"))
            .exclude(pk=membership.user_id)
            .order_by("name", "username")
        )
        dress(self)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "successor" in self.errors:
            return values
        if values.get("successor") and (values.get("name") or values.get("username")):
            raise ValidationError(_t("请只选一种：选已有账号的接任人，或填写新接任人。"))
        if not values.get("successor"):
            for name in ("name", "username"):
                if not values.get(name) and name not in self.errors:
                    self.add_error(name, _t("没有选已有账号的接任人时，请填写本项。"))
        return values

    @property
    def to(self) -> User | Newcomer:
        """Who takes over."""
        values = self.cleaned_data
        if values["successor"]:
            user: User = values["successor"]
            return user
        names = ("username", "name", "post", "phone", "email")
        return Newcomer(**{name: values[name] for name in names})


class ContactFilterForm(FilterForm):
    """By words, plan, role, and what is missing."""

    search = forms.CharField(label=_("单位、任务、姓名"), max_length=100)
    plan = forms.ModelChoiceField(
        Plan.objects.none(), label=_("方案"), to_field_name="code", empty_label=_("全部方案")
    )
    role = forms.ChoiceField(label=_("角色"), choices=[("", _("牵头和配合")), *Role.choices])
    missing = forms.BooleanField(label=_("只看未填的"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["plan"]
        field.queryset = policy.scope(user, "plan.view")
        field.label_from_instance = lambda plan: plan.name
