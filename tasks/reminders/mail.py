"""The message of a day: one person's notices, the most urgent first, as text and as HTML."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from tasks.models import Digest, Notice, Responsibility
from tasks.reminders.channels import Item, Message
from tasks.reminders.reminder import OFFICER
from tasks.reminders.rules import NO_OFFICER, URGENCY, named, sentence
from tasks.reminders.wording import full_day
from tasks.states import Light, LightWord
from tracker.lib.workdays import Quarter
from units.models import Unit

INK = "#1D2733"
FORMS_PATH = "/reports/forms/"  # a page of the floor above: an address, no import
MOST_FORMS = 5  # links of a mail; who has more to fill in goes to the page of them all


@dataclass(frozen=True)
class Line:
    """One notice in the mail; `word` is what the light of its task says."""

    rule: str
    sentence: str
    plan: str
    due: str
    url: str
    action: str
    word: LightWord | None

    @property
    def about_task(self) -> bool:
        """The light says it all; a report's notice stands beside the task's light."""
        return self.word is not None and self.rule.startswith("task_")

    @property
    def head(self) -> str:
        return self.light if self.about_task else named(self.rule)

    @property
    def light(self) -> str:
        """Shape and word."""
        return f"{self.word.light.shape} {self.word.label}" if self.word else ""

    @property
    def colour(self) -> str:
        return (self.word.light if self.word else Light.GREY).ink

    @property
    def head_colour(self) -> str:
        return self.colour if self.about_task else INK


@dataclass(frozen=True)
class Form:
    """A 回填表 to be filled in: whose, of which quarter; the address gives the file."""

    name: str
    url: str


def compose(digest: Digest, notices: Iterable[Notice], today: datetime.date) -> Message:
    """The message, ready to send. Its id is the same at each attempt."""
    with translation.override(settings.LANGUAGE_CODE):
        notices = list(notices)
        lines = _lines(notices, today)
        context = {
            "person": digest.recipient,
            "day": full_day(digest.day),
            "lines": lines,
            "site_url": settings.SITE_URL,
            "forms": _forms(notices),
        }
        subject = _("碳责通提醒：%(count)d件事项（%(day)s）") % {
            "count": len(lines),
            "day": full_day(digest.day),
        }
        text = render_to_string("tasks/mail/digest.txt", context)
        html = render_to_string("tasks/mail/digest.html", context)
        short = _("%(first)s等%(count)d件事项，请登录%(site)s查看。") % {
            "first": lines[0].sentence.rstrip("。"),
            "count": len(lines),
            "site": settings.SITE_URL,
        }
    return Message(
        id=message_id(digest),
        subject=subject,
        text=text,
        short=short,
        html=html,
        items=tuple(Item(line.sentence, line.due, line.url) for line in lines),
    )


def message_id(digest: Digest) -> str:
    """Known before sending, so that a message sent twice can be told to be one."""
    return f"<digest.{digest.pk}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}>"


def _lines(notices: Iterable[Notice], today: datetime.date) -> list[Line]:
    ordered = sorted(
        notices,
        key=lambda n: (URGENCY.get(n.rule, len(URGENCY)), n.due_on, n.params["number"], n.pk),
    )
    sides = Responsibility.objects.leads().with_light(today).select_related("task__plan")
    words = {
        side.pk: side.light_word(today)
        for side in sides.filter(pk__in={notice.params["side"] for notice in ordered})
    }
    return [
        Line(
            rule=notice.rule,
            sentence=sentence(notice),
            plan=notice.params["plan"],
            due=notice.due_on.isoformat(),
            url=settings.SITE_URL.rstrip("/") + notice.path,
            action=_("去填报") if _is_form(notice) else _("查看"),
            word=None if notice.rule == NO_OFFICER else words.get(notice.params["side"]),
        )
        for notice in ordered
    ]


def _is_form(notice: Notice) -> bool:
    return bool(notice.params["quarter"]) and notice.params["verb"] == OFFICER


def _forms(notices: Iterable[Notice]) -> list[Form]:
    """The 回填表 of what is to be filled in, as of the moment in which the link is followed."""
    wanted = sorted({(n.params["quarter"], n.unit_id or 0) for n in notices if _is_form(n)})
    if not settings.REMINDERS_OFFER_FORM or not wanted:
        return []
    root = settings.SITE_URL.rstrip("/") + FORMS_PATH
    units = Unit.objects.in_bulk([unit for _quarter, unit in wanted])
    if len(wanted) > MOST_FORMS or len(units) < len({unit for _quarter, unit in wanted}):
        return [Form(_("下载回填表"), root)]
    return [
        Form(
            _("下载%(unit)s%(quarter)s回填表")
            % {"unit": units[unit].name, "quarter": Quarter.parse(quarter).label},
            f"{root}{quarter}/{unit}/",
        )
        for quarter, unit in wanted
    ]
