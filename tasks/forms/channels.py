"""Forms of channels: a person's own choice, an office's group robots."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tasks.forms.findings import Taking
from tasks.services import channels
from tasks.services.channels import Choice
from tasks.services.robots import RobotText
from tasks.states import ROBOT_KINDS, ChannelKind
from tracker.lib.forms import CleanText
from units.models import Office, User


class ChoiceForm(Taking):
    """On which channels one is told, besides the list of notices."""

    email = forms.BooleanField(label=_("电子邮件"), required=False)
    gateway = forms.BooleanField(required=False)
    address = CleanText(
        label=_("号码或账号"),
        max_length=channels.LONGEST,
        required=False,
        help_text=_("手机号，11位，可加+86；只用于发送提醒，他人看不到。"),
    )

    def __init__(self, person: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = (
            _("发到%(address)s，每个工作日最多一封。") % {"address": person.email}
            if person.email
            else _("您还没有登记邮箱：请先在“本人信息”中填写。")
        )
        if ChannelKind.GATEWAY in channels.offered():
            self.fields["gateway"].label = settings.GATEWAY_NAME
            self.fields["gateway"].help_text = _("每个工作日最多一条，只写最急的一件和总数。")
            if settings.GATEWAY_ADDRESS:
                self.fields["address"].help_text = _(
                    "%(name)s的号码或账号；只用于发送提醒，他人看不到。"
                ) % {"name": settings.GATEWAY_NAME}
        else:
            del self.fields["gateway"], self.fields["address"]

    def choice(self) -> Choice:
        """As the service takes it."""
        values = self.cleaned_data
        is_on = values.get("gateway", False)
        return Choice(values["email"], is_on, values.get("address", "") if is_on else "")


class RobotForm(Taking):
    """A group robot. What is typed for address and secret is never shown again."""

    office = forms.ModelChoiceField(Office.objects.none(), label=_("协调办公室"))
    kind = forms.ChoiceField(
        label=_("类型"), choices=[(kind.value, kind.label) for kind in ROBOT_KINDS]
    )
    name = CleanText(label=_("群名"), max_length=50)
    url = forms.CharField(
        label=_("机器人地址（Webhook）"),
        max_length=1000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("从群机器人的设置中复制，以 https:// 开头；保存时试发一条，之后不再显示。"),
    )
    secret = forms.CharField(
        label=_("加签密钥"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("钉钉机器人的安全设置选“加签”时填写，以 SEC 开头；企业微信留空。"),
    )

    def __init__(self, offices: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["office"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 - for the type
        choice.queryset = offices
        if len(offices) == 1:
            choice.initial = offices[0]

    def text(self) -> RobotText:
        """As the service takes it."""
        values = self.cleaned_data
        return RobotText(
            kind=ChannelKind(values["kind"]),
            name=values["name"],
            url=values["url"],
            secret=values["secret"],
        )
