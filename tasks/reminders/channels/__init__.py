"""The ways of telling people, one small module each behind one interface (`base.Channel`)."""

from collections.abc import Mapping

from tasks.reminders.channels.base import Attached, Channel, Item, Message, Refused, To, Unreachable
from tasks.reminders.channels.dingtalk import DingTalk
from tasks.reminders.channels.gateway import Gateway
from tasks.reminders.channels.in_app import InApp
from tasks.reminders.channels.mail import Mail
from tasks.reminders.channels.wecom import WeCom
from tasks.states import ChannelKind

__all__ = ["CHANNELS", "Attached", "Channel", "Item", "Message", "Refused", "To", "Unreachable"]

CHANNELS: Mapping[ChannelKind, Channel] = {
    ChannelKind.IN_APP: InApp(),
    ChannelKind.EMAIL: Mail(),
    ChannelKind.GATEWAY: Gateway(),
    ChannelKind.WECOM: WeCom(),
    ChannelKind.DINGTALK: DingTalk(),
}
