"""The message of a day to an office's group: how much there is of what, of nobody by name.

A group's messages lie with another firm: no person, no unit, no text of a task goes there.
"""

from collections import Counter

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from tasks.models import Digest, Notice, PlanSide
from tasks.reminders.channels import Item, Message
from tasks.reminders.mail import message_id
from tasks.reminders.rules import URGENCY, named
from tasks.reminders.wording import full_day
from tasks.states import NoticeState
from units.above import above


def compose(digest: Digest) -> Message | None:
    """What the day brought to the units of the office's sides; None where it brought nothing."""
    counts = _counts(digest)
    if not counts or digest.robot is None:
        return None
    with translation.override(settings.LANGUAGE_CODE):
        day, office = full_day(digest.day), str(digest.robot.office)
        subject = _("碳责通提醒（%(day)s）：%(office)s") % {"day": day, "office": office}
        sentences = [
            _("%(rule)s：%(count)d件") % {"rule": named(rule), "count": counts[rule]}
            for rule in sorted(counts, key=lambda key: URGENCY.get(key, len(URGENCY)))
        ]
        last = _("请登录%(site)s查看并督促办理。") % {"site": settings.SITE_URL}
    return Message(
        id=message_id(digest),
        subject=subject,
        text="\n".join([subject, *sentences, last]),
        short=subject,
        items=tuple(Item(sentence, "", settings.SITE_URL) for sentence in sentences),
    )


def _counts(digest: Digest) -> Counter[str]:
    """Things told of on the day, each once, by rule."""
    office = digest.robot.office_id if digest.robot else 0
    plans = PlanSide.objects.filter(office=office).values("plan")
    told = (
        Notice.objects.filter(made_on=digest.day, settled=False)
        .exclude(state=NoticeState.DROPPED)
        .filter(Q(task__plan__in=plans) | Q(task=None), unit__in=above.units_of([office]))
    )
    things = told.order_by().values_list("rule", "subject").distinct()
    return Counter(rule for rule, _subject in things)
