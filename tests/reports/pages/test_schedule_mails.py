"""A scheduled book's mails: to who may see all of it at that moment, once, and never lost."""

import datetime
import smtplib
from pathlib import Path
from typing import Any

import pytest
from django.core import mail as post
from django.test import Client
from django.urls import reverse

from reports.books.making import make
from reports.models import ReportMail, ReportRun, ReportSchedule
from reports.services import mailing, mails, schedule_runs, schedules
from reports.services.schedules import ScheduleText, Scope
from tasks.models import Plan
from tasks.services.deliveries import Queue
from tasks.services.digests import MAX_ATTEMPTS, FencedOut
from tasks.states import ChannelKind
from tests.factories import NOW, TODAY, MembershipFactory, coordinator
from tests.reports.pages.conftest import Cast
from units.models import AuditEntry, User
from units.states import Role

pytestmark = pytest.mark.django_db
SINCE = datetime.date(2026, 10, 1)


@pytest.fixture
def colleague(cast: Cast) -> User:
    post_ = cast.office.memberships.get()
    assert post_.office is not None
    return coordinator(post_.office, name="同事")


def made(cast: Cast, *people: User, **values: Any) -> ReportRun:
    """A schedule's run, made."""
    text: dict[str, Any] = {"every": "month", "day": 25, "recipients": people or [cast.office]}
    scope = Scope(values.pop("book", "quarterly"), Plan.objects.get())
    schedules.create(scope, ScheduleText(**text | values), by=cast.office, today=SINCE)
    [run] = schedule_runs.enter_due(today=TODAY)
    finished = make(run.pk, today=TODAY)
    assert finished is not None
    assert (finished.state, finished.error) == ("done", "")
    return finished


def send(person: User) -> str:
    return mailing.deliver(ReportMail.objects.get(recipient=person).pk, now=NOW)


def test_each_gets_the_link_once(
    client: Client, cast: Cast, colleague: User, rung: list[Any], settings: Any
) -> None:
    settings.SITE_URL = "https://tracker.example.org"
    run = made(cast, cast.office, colleague)
    assert [name for name, _pk in rung].count(mails.SEND_JOB) == 2
    assert mails.sweep() == 2
    assert {send(cast.office), send(colleague)} == {"sent"}
    assert send(cast.office) == "not_due"
    assert mails.sweep() == 0
    first = next(one for one in post.outbox if one.to == [cast.office.email])
    assert len(post.outbox) == 2
    assert first.subject.startswith("碳责通报表：2026年第3季度 季度进展汇总表")
    address = reverse("reports:run", args=[run.pk])
    assert f"https://tracker.example.org{address}" in first.body
    assert run.files.get().name in first.body
    assert first.extra_headers["Message-ID"] == (
        f"<report.{run.pk}.{cast.office.pk}@tracker.example.org>"
    )
    assert first.attachments == []
    client.force_login(colleague)
    assert client.get(address).status_code == 200
    schedule = ReportSchedule.objects.get()
    assert "同事 · 已发送" in client.get(reverse("reports:schedule", args=[schedule.pk])).text


def test_whoever_may_not_see_it_any_more_gets_a_sentence_and_the_maker_reads_whom(
    client: Client, cast: Cast, colleague: User
) -> None:
    run = made(cast, cast.office, colleague)
    colleague.memberships.update(until=TODAY - datetime.timedelta(days=1))
    assert send(colleague) == "withheld"
    [mail] = post.outbox
    assert "不附报表" in mail.body
    assert str(cast.office) in mail.body
    assert reverse("reports:run", args=[run.pk]) not in mail.body
    assert run.files.get().name not in mail.body
    assert mail.attachments == []
    client.force_login(cast.office)
    schedule = ReportSchedule.objects.get()
    page = client.get(reverse("reports:schedule", args=[schedule.pk])).text
    assert "同事 · 未附报表" in page
    assert AuditEntry.objects.filter(verb="report_mail.withhold").count() == 1


def test_a_closed_account_gets_nothing(cast: Cast, colleague: User) -> None:
    made(cast, cast.office, colleague)
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    assert send(colleague) == "withheld"
    assert post.outbox == []


def test_it_is_sent_along_where_the_site_allows_it(cast: Cast, settings: Any) -> None:
    settings.REPORT_MAIL_ATTACHMENTS = True
    run = made(cast, attach=True)
    assert send(cast.office) == "sent"
    [(name, content, mime)] = post.outbox[0].attachments
    file = run.files.get()
    assert (name, len(content), mime) == (file.name, file.size, file.mime)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"REPORT_MAIL_ATTACHMENTS": False}, "本站已停止以附件发送报表，请用链接下载。"),
        ({"REPORT_MAIL_MAX_MIB": 0}, "报表超过附件上限0 MB，请用链接下载。"),
        ({"FILES_DIR": Path("/nowhere")}, "报表文件暂时无法读取，未作附件，请用链接下载。"),
    ],
)
def test_shut_by_now_too_much_or_unreadable_it_is_the_link_and_says_why(
    client: Client, cast: Cast, settings: Any, change: dict[str, Any], sentence: str
) -> None:
    settings.REPORT_MAIL_ATTACHMENTS = True
    run = made(cast, attach=True)
    for name, value in change.items():
        setattr(settings, name, value)
    assert send(cast.office) == "sent"
    mail: Any = post.outbox[0]
    assert mail.attachments == []
    assert sentence in mail.body
    assert sentence in mail.alternatives[0][0]
    assert reverse("reports:run", args=[run.pk]) in mail.body
    client.force_login(cast.office)
    schedule = ReportSchedule.objects.get()
    assert sentence in client.get(reverse("reports:schedule", args=[schedule.pk])).text


def test_taken_off_the_list_meanwhile_one_gets_nothing(cast: Cast, colleague: User) -> None:
    made(cast, cast.office, colleague)
    text = ScheduleText("month", [cast.office], day=25)
    schedules.change(ReportSchedule.objects.get(), text, version=1, by=cast.office, today=TODAY)
    assert send(colleague) == "withheld"
    assert send(cast.office) == "sent"
    assert [mail.to for mail in post.outbox] == [[cast.office.email]]
    assert "不在收件人之列" in ReportMail.objects.get(recipient=colleague).error


def test_of_a_run_that_failed_the_page_promises_no_mail(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule = schedules.create(
        Scope("quarterly", Plan.objects.get()),
        ScheduleText("month", [cast.office], day=25),
        by=cast.office,
        today=SINCE,
    )
    [run] = schedule_runs.enter_due(today=TODAY)
    client.force_login(cast.office)
    page = reverse("reports:schedule", args=[schedule.pk])
    assert "生成后发送" in client.get(page).text

    def broken(*args: Any, **kwargs: Any) -> None:
        raise TypeError("broken")

    monkeypatch.setattr("reports.books.making._write", broken)
    make(run.pk, today=TODAY)
    assert "没有生成，未发送" in client.get(page).text
    assert "生成后发送" not in client.get(page).text


def test_in_english_where_the_schedule_says_so(cast: Cast) -> None:
    run = made(cast, language="en")
    assert run.language == "en"
    assert send(cast.office) == "sent"
    [mail] = post.outbox
    assert "Q3 2026" in mail.subject
    assert "请登录下载" not in mail.body


def test_a_server_that_is_away_is_tried_again_and_then_given_up(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(cast)

    def away(*args: Any, **kwargs: Any) -> None:
        raise smtplib.SMTPServerDisconnected("away")

    monkeypatch.setattr("django.core.mail.message.EmailMessage.send", away)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert mailing.deliver(ReportMail.objects.get().pk, now=later()) == "failed"
        mail = mails.counted_in(Queue(ChannelKind.EMAIL), now=NOW)
        waits = int(attempt < MAX_ATTEMPTS)
        assert (mail.failing, mail.same_reason, mail.dead) == (waits, waits, 1 - waits)
        assert ("away" in (mail.reason or "")) == bool(waits)
        assert mails.sweep() == 0  # not at once
        ReportMail.objects.update(run_after=NOW - datetime.timedelta(days=900))
    found = ReportMail.objects.get()
    assert (found.state, found.attempts) == ("dead", MAX_ATTEMPTS)
    assert "away" in found.error
    assert AuditEntry.objects.filter(verb="report_mail.dead").count() == 1


_moments = iter(range(1, 99))


def later() -> datetime.datetime:
    """Each time a while on: the channel has rested."""
    return NOW + datetime.timedelta(hours=next(_moments))


def test_a_worker_that_died_while_it_sent_is_followed_by_another(cast: Cast) -> None:
    made(cast)
    dead = mails.claim(ReportMail.objects.get().pk)
    assert dead is not None
    assert send(cast.office) == "not_due"
    ReportMail.objects.update(lease_until=NOW - datetime.timedelta(days=900))
    assert mails.sweep() == 1
    assert send(cast.office) == "sent"
    with pytest.raises(FencedOut):
        mails.sent(dead)
    assert ReportMail.objects.get().attempts == 2


def given_up(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> ReportMail:
    """A mail that the server would not have."""
    made(cast)

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise smtplib.SMTPRecipientsRefused({cast.office.email: (550, b"no such user")})

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.message.EmailMessage.send", refuse)
        assert send(cast.office) == "dead"
    mail = ReportMail.objects.get()
    assert mail.died_at is not None
    return mail


def test_given_up_it_is_told_and_sent_again_by_who_keeps_the_schedule(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch, rung: list[Any]
) -> None:
    mail = given_up(cast, monkeypatch)
    client.force_login(cast.office)
    schedule = ReportSchedule.objects.get()
    address = reverse("reports:schedule", args=[schedule.pk])
    page = client.get(address).text
    assert "邮件发送失败" in page
    assert "no such user" in page
    assert "1封邮件发送失败" in client.get("/reports/schedules/").text
    rung.clear()
    again = reverse("reports:schedule_resend", args=[schedule.pk])
    assert "已将1封邮件重新排队发送" in client.post(again, follow=True).text
    assert rung == [(mails.SEND_JOB, mail.pk)]
    assert send(cast.office) == "sent"
    mail.refresh_from_db()
    assert (mail.attempts, mail.error, mail.died_at) == (1, "", None)
    assert AuditEntry.objects.get(verb="report_mail.resend").actor == cast.office
    page = client.post(again, follow=True).text
    assert "没有发送失败的邮件" in page
    assert len(post.outbox) == 1


def test_the_operator_sees_it_without_its_content_and_sends_it_again(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = given_up(cast, monkeypatch)
    keeper = MembershipFactory(role=Role.SYSTEM_ADMIN, unit=None).user
    client.force_login(keeper)
    page = client.get(reverse("deliveries")).text
    assert "no such user" in page
    assert str(cast.office) in page
    assert "季度进展汇总表" not in page
    state = client.get("/api/v1/deliveries/state/").json()
    [queue] = [one for one in state["queues"] if one["channel"] == "email"]
    assert (queue["dead"], queue["dead_lately"], queue["waiting"]) == (1, 1, 0)
    told = client.get("/api/v1/report-mails/", {"state": "dead"}).json()["results"]
    assert [(one["id"], one["to"]) for one in told] == [(mail.pk, str(cast.office))]
    client.post(reverse("deliveries_resend"), {"book": [mail.pk]})
    assert send(cast.office) == "sent"
    assert AuditEntry.objects.get(verb="report_mail.resend").actor == keeper


def test_sent_again_by_the_api_and_by_nobody_else(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = given_up(cast, monkeypatch)
    address = f"/api/v1/report-mails/{mail.pk}/resend/"
    for user in (cast.lead, cast.other_lead, cast.auditor):
        client.force_login(user)
        assert client.post(address, content_type="application/json").status_code == 404
    mail.refresh_from_db()
    assert mail.state == "dead"
    client.force_login(cast.office)
    told = client.post(address, content_type="application/json").json()
    assert told["state"] == "queued"


def test_made_once_more_it_is_not_sent_twice(cast: Cast) -> None:
    run = made(cast)
    assert send(cast.office) == "sent"
    ReportRun.objects.update(state="queued", finished_at=None)
    run.files.all().delete()
    make(run.pk, today=TODAY)
    assert ReportMail.objects.count() == 1
    assert mails.sweep() == 0


def test_a_run_without_a_schedule_sends_nothing(client: Client, cast: Cast) -> None:
    client.force_login(cast.office)
    client.post("/reports/", {"book": "quarterly", "quarter": "2026Q3", "paper": "A4"})
    make(ReportRun.objects.get().pk, today=TODAY)
    assert not ReportMail.objects.exists()
