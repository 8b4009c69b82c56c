"""The head of a day: the log's digest, sent out of the database to those who watch over it."""

import datetime
import logging

from django.db import transaction
from django.utils.translation import gettext as _

from units import policy
from units.models import DayHead
from units.services import mails, seals

logger = logging.getLogger(__name__)


class NotSentError(Exception):
    """No mail of the day went out; the next run tries again."""


def mail_head(*, today: datetime.date) -> DayHead | None:
    """Mail and keep the day's head once; None where it was done or nobody could be reached.

    The row and the mails are one: of two runs the second waits at the day's row and does nothing.
    """
    seals.seal()
    try:
        return _mail(today)
    except NotSentError:
        logger.warning("The head of %s was not sent: no mail went out.", today)
        return None


@transaction.atomic
def _mail(today: datetime.date) -> DayHead | None:
    end = seals.head()
    holders = policy.holders("audit.view").filter(is_active=True).order_by("username")
    addresses = [person.email for person in holders if person.email]
    head, made = DayHead.objects.get_or_create(
        day=today,
        defaults={
            "number": end.number, "digest": end.digest, "count": end.number,
            "recipients": addresses,
        },
    )  # fmt: skip
    if not made:
        return None
    # The site's own log is a second witness outside of the database, whatever its level.
    logger.warning("Audit head of %s: %d:%s", today, end.number, end.digest)
    sent = [mails.send(address, _subject(head), _text(head)) for address in addresses]
    if addresses and not any(sent):
        raise NotSentError
    return head


def _subject(head: DayHead) -> str:
    return _("历史记录日摘要 %(day)s") % {"day": head.day.isoformat()}


def _text(head: DayHead) -> str:
    return _(
        "截至今日，历史记录已封存%(count)d条，最后一号的摘要为：\n\n"
        "    %(number)d:%(digest)s\n\n"
        "请保存本邮件。核对时在“记录”页填入上面一行，或请运维人员运行：\n\n"
        "    manage.py verify_audit --head %(number)d:%(digest)s"
    ) % {"count": head.count, "number": head.number, "digest": head.digest}
