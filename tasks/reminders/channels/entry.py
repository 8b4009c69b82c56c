"""Entering a group robot: it is called once, and kept only when it has answered as robots do."""

import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tasks.models import Robot
from tasks.reminders.channels import CHANNELS, Message, Refused, To, Unreachable
from tasks.services import robots
from tasks.services.robots import RobotText
from tasks.states import ChannelKind
from tracker.lib import budget
from units.models import Office, User

TRIALS = 5  # a minute for an office: a group is no wall to be flooded, other hosts none to probe


def add(office: Office, text: RobotText, *, by: User, now: datetime.datetime) -> Robot:
    """Check, try out, keep. ValidationError says what to mend, beside the field it is about."""
    robots.check(office, text, by=by)
    _try(text.kind, To(text.url, secret=text.secret), office, now)
    return robots.add(office, text, by=by, now=now)


def try_out(robot: Robot, *, by: User, now: datetime.datetime) -> None:
    """Send a line to its group, on record; ValidationError says why none got through."""
    _try(ChannelKind(robot.kind), To(robot.url, secret=robot.secret), robot.office, now)
    robots.note_try(robot, by=by)


def _try(kind: ChannelKind, to: To, office: Office, now: datetime.datetime) -> None:
    if wait := budget.spend(f"robot:{office.pk}", limit=TRIALS, now=now):
        raise ValidationError(
            {"url": _("试发过于频繁，请在%(seconds)s秒后再试。") % {"seconds": wait}}
        )
    text = _("碳责通：%(office)s的群机器人已接通，每个工作日的提醒汇总将发到本群。%(site)s") % {
        "office": office,
        "site": settings.SITE_URL,
    }
    try:
        CHANNELS[kind].send(Message(id="", subject=text, text=text), to)
    except (Refused, Unreachable) as error:
        sentence = _("试发没有成功，没有保存：%(reason)s") % {"reason": error}
        raise ValidationError({"url": sentence}) from error
