"""An office's group robots: entered, and removed with their secrets."""

import datetime
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Robot
from tasks.states import ROBOT_KINDS, ChannelKind
from tracker.lib import outward
from units.models import Office, User
from units.services import audit

MOST = 10  # of one office


@dataclass(frozen=True)
class RobotText:
    """What is entered. Address and secret stand in no log and on no page."""

    kind: ChannelKind
    name: str
    url: str = field(repr=False)
    secret: str = field(default="", repr=False)


def check(office: Office, text: RobotText, *, by: User) -> None:
    """Whether it may be entered, as far as can be said without calling it."""
    if not policy.can(by, "robot.add", office):
        raise PermissionDenied
    problems: dict[str, str] = {}
    robots = Robot.objects.in_use().filter(office=office)
    if text.kind not in ROBOT_KINDS:
        problems["kind"] = _("请选择企业微信或钉钉。")
    if robots.filter(name=text.name).exists():
        problems["name"] = _("本办公室已有名为“%(name)s”的群机器人：请换一个群名。") % {
            "name": text.name
        }
    if text.kind == ChannelKind.WECOM and text.secret:
        problems["secret"] = _("企业微信群机器人没有加签密钥，请留空。")
    try:
        outward.check_resolved(text.url)
    except outward.Barred as error:
        problems["url"] = str(error)
    if problems:
        raise ValidationError(problems)
    if robots.count() >= MOST:
        raise ValidationError(
            _("一个办公室最多登记%(most)d个群机器人：请先移除不用的。") % {"most": MOST}
        )


@transaction.atomic
def add(office: Office, text: RobotText, *, by: User, now: datetime.datetime) -> Robot:
    """Keep it; what it is told from now on goes out with each day's notices."""
    locked = Office.objects.select_for_update(of=("self",)).get(pk=office.pk)
    check(locked, text, by=by)
    robot = Robot.objects.create(
        office=locked,
        kind=text.kind,
        name=text.name,
        url=text.url,
        secret=text.secret,
        added_by=by,
        added_at=now,
    )
    told = {"office": locked, "kind": str(text.kind.label), "name": text.name}
    audit.record("robot.add", robot, by=by, after=told)
    return robot


def note_try(robot: Robot, *, by: User) -> None:
    """A line was sent to its group by hand."""
    audit.record("robot.try", robot, by=by)


@transaction.atomic
def remove(robot: Robot, *, by: User, now: datetime.datetime) -> None:
    """Forget address and secret; what waits for it goes nowhere."""
    locked = Robot.objects.select_for_update(of=("self",)).get(pk=robot.pk)
    if locked.removed_at is not None:
        raise ValidationError(_("这个群机器人已经移除，没有变化。"))
    if not policy.can(by, "robot.keep", locked):
        raise PermissionDenied
    locked.url = locked.secret = ""
    locked.removed_at = now
    locked.save(update_fields=["url", "secret", "removed_at"])
    audit.record("robot.remove", locked, by=by)
