"""Forms about people: filters, invitations, posts, details, requests."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tracker.lib.forms import dress
from tracker.lib.lists import PARAMETER
from tracker.lib.text import clean_text
from units import policy
from units.models import Jurisdiction, Office, PersonRequest, Unit, User
from units.services.newcomers import Newcomer
from units.services.people import Post
from units.services.people_lists import STATES
from units.states import (
    JURISDICTION_ROLES,
    OFFICE_ROLES,
    SITE_ROLES,
    UNIT_ROLES,
    RequestState,
    Role,
)


class FilterForm(forms.Form):
    """Filters in the address. What the page does not have is a sentence, as on other lists."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False
        dress(self)

    def clean(self) -> dict[str, Any]:
        beside = {"page", "before", PARAMETER}
        unknown = [name for name in self.data if name not in {*self.fields, *beside}]
        if unknown:
            raise ValidationError(
                [
                    gettext("本页没有名为“%(name)s”的筛选条件，请从地址中去掉。")
                    % {"name": clean_text(name)[:50]}
                    for name in unknown
                ]
            )
        return self.cleaned_data


class PeopleFilterForm(FilterForm):
    search = forms.CharField(label=_("姓名、用户名、单位"), max_length=100)
    role = forms.ChoiceField(label=_("角色"), choices=[("", _("全部角色")), *Role.choices])
    state = forms.ChoiceField(label=_("账号"), choices=[("", _("全部账号")), *STATES])


class RequestFilterForm(FilterForm):
    state = forms.ChoiceField(label=_("状态"), choices=[("", _("全部状态")), *RequestState.choices])
    batch = forms.CharField(label=_("批次"), max_length=60)


class PostForm(forms.Form):
    """A post: the role, and the body that the role asks for."""

    role = forms.ChoiceField(label=_("角色"))
    unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label=_("单位"),
        required=False,
        empty_label=_("不选"),
        help_text=_("填报人、审签人、联络员须选单位。"),
    )
    office = forms.ModelChoiceField(
        Office.objects.none(),
        label=_("协调办公室"),
        required=False,
        empty_label=_("不选"),
        help_text=_("协调办公室人员、分管领导须选协调办公室。"),
    )
    jurisdiction = forms.ModelChoiceField(
        Jurisdiction.objects.none(),
        label=_("辖区"),
        required=False,
        empty_label=_("不选"),
        help_text=_("督查员须选辖区。"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer = policy.posts_offered(user)
        fields: Any = self.fields
        fields["role"].choices = [("", gettext("请选择"))] + [
            (r.value, r.label) for r in offer.roles
        ]
        fields["role"].error_messages["required"] = gettext("请选择角色。")
        fields["unit"].queryset = offer.units
        fields["office"].queryset = offer.offices
        if offer.places is not None:
            fields["jurisdiction"].queryset = offer.places
        else:
            del fields["jurisdiction"]
        dress(self)

    def clean(self) -> dict[str, Any]:
        """The body that the role asks for, and no other."""
        values = super().clean() or {}
        role = values.get("role")
        wanted = body_field(role) if role else None
        for name in ("unit", "office", "jurisdiction"):
            if name not in self.fields or name in self.errors or not role:
                continue
            if name == wanted and values.get(name) is None:
                self.add_error(name, gettext("“%(role)s”须选择本项。") % {"role": Role(role).label})
            elif name != wanted and values.get(name) is not None:
                self.add_error(name, gettext("“%(role)s”不选本项。") % {"role": Role(role).label})
        return values

    @property
    def wanted(self) -> Post:
        """The post, once the form is valid."""
        values = self.cleaned_data
        return Post(
            Role(values["role"]), values["unit"], values["office"], values.get("jurisdiction")
        )


def body_field(role: str) -> str | None:
    """Which field names the body that the role is held in."""
    for roles, name in (
        (UNIT_ROLES, "unit"),
        (OFFICE_ROLES, "office"),
        (JURISDICTION_ROLES, "jurisdiction"),
        (SITE_ROLES, None),
    ):
        if role in roles:
            return name
    raise ValueError(role)


class InviteForm(PostForm):
    """A newcomer and the post."""

    name = forms.CharField(label=_("姓名"), max_length=50)
    username = forms.CharField(
        label=_("用户名"),
        max_length=150,
        help_text=_("登录时使用，建议用姓名拼音；不能与他人相同。"),
    )
    post = forms.CharField(label=_("职务"), max_length=50, required=False)
    phone = forms.CharField(label=_("办公电话"), max_length=30, required=False)
    email = forms.EmailField(
        label=_("邮箱"),
        required=False,
        help_text=_("用于接收设置密码的链接和提醒。没有邮箱的，链接由安全管理员转交。"),
    )
    note = forms.CharField(label=_("说明"), max_length=300, required=False)
    field_order = (
        "name", "username", "post", "phone", "email",
        "role", "unit", "office", "jurisdiction", "note",
    )  # fmt: skip

    @property
    def newcomer(self) -> Newcomer:
        values = self.cleaned_data
        names = ("username", "name", "post", "phone", "email")
        return Newcomer(**{name: values[name] for name in names})


class DetailsForm(forms.Form):
    """Name, post, phone, e-mail."""

    name = forms.CharField(label=_("姓名"), max_length=50)
    post = forms.CharField(label=_("职务"), max_length=50, required=False)
    phone = forms.CharField(label=_("办公电话"), max_length=30, required=False)
    email = forms.EmailField(label=_("邮箱"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


class RefuseForm(forms.Form):
    """Why a request is refused."""

    reason = forms.CharField(
        label=_("不同意的理由"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请填写不同意的理由。")},
    )

    def __init__(self, *args: Any, request_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"id_{request_id}_%s", **kwargs})
        dress(self)


class ChosenForm(forms.Form):
    """The requests that are ticked."""

    requests = forms.ModelMultipleChoiceField(
        PersonRequest.objects.none(),
        error_messages={
            "required": _("请先勾选要确认的申请。"),
            "invalid_choice": _("所选申请已有变化，请刷新后重新勾选。"),
        },
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["requests"]
        field.queryset = policy.scope(user, "request.decide")
