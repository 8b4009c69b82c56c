"""Sending one scheduled book to one person: claim, ask whether it may still be seen, send, mark.

The server may have taken a mail whose worker died before it could mark it: then it goes out again
under the same Message-ID. Nothing is lost, and what is doubled can be told to be one.
"""

import datetime
import logging
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from reports import policy
from reports.models import ReportFile, ReportMail
from reports.services import mails
from reports.states import FileKind
from tasks.reminders.channels import CHANNELS, Attached, Message, Refused, To, Unreachable
from tasks.services import pace
from tasks.services.digests import FencedOut
from tasks.states import ChannelKind
from tracker.lib.told import told as _

logger = logging.getLogger(__name__)

MIB = 1 << 20


@dataclass(frozen=True)
class Along:
    """The files that go with a mail, and why they do not where they should."""

    files: tuple[Attached, ...] = ()
    why_not: str = ""


def deliver(mail_id: int, *, now: datetime.datetime) -> str:
    """Send one mail if it is due; says what became of it."""
    due = mails.waiting(mail_id)
    if due is None:
        return "not_due"
    if held := pace.held(due, now=now):
        return held
    mail = mails.claim(mail_id)
    if mail is None:
        return "not_due"
    try:
        with translation.override(mail.run.language):
            return _deliver(mail, now)
    except FencedOut:
        logger.warning("Report mail %s was taken over by another worker.", mail_id)
        return "taken_over"


def _deliver(mail: ReportMail, now: datetime.datetime) -> str:
    if reason := _unwanted(mail):
        mails.withheld(mail, reason, told=False)
        return "withheld"
    may_see = policy.reads_all(mail.recipient, mail.run)
    files = list(mail.run.files.filter(removed_at=None).order_by("order"))
    along = _along(mail, files) if may_see else Along()
    try:
        message = compose(mail, files, along) if may_see else refusal(mail)
        CHANNELS[ChannelKind.EMAIL].send(message, To(mail.recipient.email))
    except Refused as error:
        mails.dead(mail, str(error))
        return "dead"
    except Unreachable as error:
        if error.whole:
            pace.trouble(mail, now=now)
        mails.failed(mail, str(error))
        return "failed"
    if may_see:
        mails.sent(mail, along.why_not)
        return "sent"
    mails.withheld(mail, _("无权查看报表的全部内容，邮件中未附报表。"), told=True)
    return "withheld"


def _unwanted(mail: ReportMail) -> str:
    """Why nothing is sent at all; empty where it is."""
    if not mail.recipient.is_active:
        return _("账号已停用，未发送。")
    schedule = mail.run.schedule
    if schedule and not schedule.recipients.filter(pk=mail.recipient_id).exists():
        return _("已不在收件人之列，未发送。")
    return ""


def message_id(mail: ReportMail) -> str:
    """Known before sending, so that a mail sent twice can be told to be one."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"<report.{mail.run_id}.{mail.recipient_id}@{host}>"


def compose(mail: ReportMail, files: list[ReportFile], along: Along) -> Message:
    """The mail with the link, and with the files where they are sent along.

    Of a bundle it names the whole, not each unit's.
    """
    whole = [file for file in files if file.kind != FileKind.UNIT]
    return _message(mail, files=whole or files, along=along, is_refused=False)


def refusal(mail: ReportMail) -> Message:
    """The sentence instead, for one who may not see all of it."""
    return _message(mail, files=[], along=Along(), is_refused=True)


def _message(
    mail: ReportMail, *, files: list[ReportFile], along: Along, is_refused: bool
) -> Message:
    run = mail.run
    maker = run.schedule.made_by if run.schedule else None
    plan = run.plan.name if run.plan else ""
    context = {
        "person": mail.recipient,
        "run": run,
        "files": files,
        "along": along,
        "is_refused": is_refused,
        "maker": maker,
        "url": settings.SITE_URL.rstrip("/") + reverse("reports:run", args=[run.pk]),
        "site_url": settings.SITE_URL,
    }
    return Message(
        id=message_id(mail),
        subject=_("碳责通报表：%(title)s（%(plan)s）") % {"title": run.title, "plan": plan},
        text=render_to_string("reports/mail/run.txt", context),
        html=render_to_string("reports/mail/run.html", context),
        files=along.files,
    )


def _along(mail: ReportMail, files: list[ReportFile]) -> Along:
    """What goes along: by the schedule, where the site allows it and it is not too much."""
    schedule = mail.run.schedule
    if schedule is None or not schedule.attach:
        return Along()
    if not settings.REPORT_MAIL_ATTACHMENTS:
        return Along(why_not=_("本站已停止以附件发送报表，请用链接下载。"))
    whole = [file for file in files if file.kind == FileKind.ARCHIVE] or files
    most = settings.REPORT_MAIL_MAX_MIB
    if sum(file.size for file in whole) > most * MIB:
        return Along(why_not=_("报表超过附件上限%(most)d MB，请用链接下载。") % {"most": most})
    try:
        sent = [Attached(file.name, file.full_path.read_bytes(), file.mime) for file in whole]
    except OSError as error:  # the link tells more than no mail would
        logger.warning("The files of run %s were not sent along: %s", mail.run_id, error)
        return Along(why_not=_("报表文件暂时无法读取，未作附件，请用链接下载。"))
    return Along(tuple(sent))
