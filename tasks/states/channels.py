"""The ways on which a person, or an office's group, is told."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ChannelKind(models.TextChoices):
    IN_APP = "in_app", _("站内")
    EMAIL = "email", _("电子邮件")
    GATEWAY = "gateway", _("短信网关")
    WECOM = "wecom", _("企业微信群机器人")
    DINGTALK = "dingtalk", _("钉钉群机器人")


ROBOT_KINDS = (ChannelKind.WECOM, ChannelKind.DINGTALK)
# What a person may choose. What stands in the list of notices is there whatever is chosen.
OWN_KINDS = (ChannelKind.EMAIL, ChannelKind.GATEWAY)
