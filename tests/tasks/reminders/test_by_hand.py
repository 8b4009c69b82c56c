"""A letter sent by hand is told with the day's mail, until the unit has signed for it."""

import datetime

import pytest

from tasks.models import Digest, Notice, Urge
from tasks.reminders import rules
from tasks.reminders.delivery import deliver
from tasks.reminders.wanted import still_wanted
from tasks.services import urging
from tasks.services.urge_things import Chosen
from tasks.services.urging import Letter
from tests.tasks.reminders.conftest import Post, Scene, at, run
from units.models import User

D = datetime.date
FRIDAY, SATURDAY, MONDAY = D(2026, 11, 20), D(2026, 11, 21), D(2026, 11, 23)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rung")]


def send(scene: Scene, day: datetime.date) -> Urge:
    """The office urges the unit about the report that is late."""
    chosen = Chosen(keys=frozenset({f"report/{scene.side.pk}/2026Q3"}))
    return urging.send(chosen, Letter("", D(2026, 11, 27)), by=scene.coordinator, now=at(day))


def test_officer_and_signer_are_told_that_day(scene: Scene) -> None:
    part = send(scene, FRIDAY).parts.get()
    told = Notice.objects.filter(rule="urge")
    assert {notice.recipient for notice in told} == {scene.officer, scene.signer}
    people = Digest.objects.filter(day=FRIDAY).values_list("recipient", flat=True)
    assert {scene.officer.pk, scene.signer.pk} <= set(people)
    assert rules.sentence(told[0]) == (
        "重庆市双碳办就1项事项催办（催2026-001），请签收，并于11月27日前回复。"
    )
    assert still_wanted(told, FRIDAY) == {notice.pk for notice in told}
    urging.sign(part, by=scene.officer, now=at(FRIDAY, 10))
    assert still_wanted(told, FRIDAY) == set()
    assert all(notice.settled for notice in Notice.objects.filter(rule="urge"))


def test_a_central_body_is_asked(scene: Scene) -> None:
    scene.unit.kind = "vertical"
    scene.unit.save()
    assert send(scene, FRIDAY).parts.get().code == "商2026-001"
    words = rules.sentence(Notice.objects.filter(rule="urge")[0])
    assert "催" not in words
    assert "函复为盼" in words


def test_on_a_day_off_the_list_has_it_and_the_next_mail_brings_it(scene: Scene) -> None:
    send(scene, SATURDAY)
    assert Notice.objects.filter(rule="urge").count() == 2
    assert not Digest.objects.exists()
    run(MONDAY)
    people = Digest.objects.filter(day=MONDAY).values_list("recipient", flat=True)
    assert {scene.officer.pk, scene.signer.pk} <= set(people)


def test_who_has_left_the_unit_is_told_no_more(scene: Scene) -> None:
    send(scene, FRIDAY)
    scene.officer.memberships.all().delete()
    told = Notice.objects.filter(rule="urge")
    wanted = told.filter(pk__in=still_wanted(told, FRIDAY))
    assert [notice.recipient for notice in wanted] == [scene.signer]


def test_numbers_begin_anew_each_year(scene: Scene) -> None:
    send(scene, FRIDAY)
    urge = urging.send(
        Chosen(keys=frozenset({f"report/{scene.side.pk}/2026Q3"})),
        Letter("", D(2027, 1, 8)),
        by=scene.coordinator,
        now=at(D(2027, 1, 4)),
    )
    assert str(urge) == "催2027-001"


def deliver_all(day: datetime.date) -> None:
    """What the workers do on a day."""
    for pk in Digest.objects.filter(day=day).values_list("pk", flat=True):
        deliver(pk, now=at(day, 10))


def mails_to(post: Post, person: User) -> list[str]:
    """What the server took for somebody, as text."""
    found = []
    for mail in post.mails:
        part = mail.get_body(("plain",))
        if mail["To"] == person.email and part is not None:
            found.append(part.get_content())
    return found


def test_the_days_one_mail_brings_the_letter(scene: Scene, post: Post) -> None:
    run(FRIDAY)
    part = send(scene, FRIDAY).parts.get()
    deliver_all(FRIDAY)
    (text,) = mails_to(post, scene.officer)
    assert "重庆市双碳办就1项事项催办（催2026-001），请签收，并于11月27日前回复。" in text
    assert f"/urges/units/{part.pk}/" in text


def test_a_letter_after_the_days_mail_comes_with_the_next_unless_signed(
    scene: Scene, post: Post
) -> None:
    run(FRIDAY)
    deliver_all(FRIDAY)
    before = len(mails_to(post, scene.officer))
    part = send(scene, FRIDAY).parts.get()
    deliver_all(FRIDAY)
    assert len(mails_to(post, scene.officer)) <= max(before, 1)
    run(MONDAY)
    deliver_all(MONDAY)
    assert sum(part.code in text for text in mails_to(post, scene.officer)) == 1
    assert sum(part.code in text for text in mails_to(post, scene.signer)) == 1


def test_a_letter_that_was_signed_for_is_not_mailed(scene: Scene, post: Post) -> None:
    part = send(scene, FRIDAY).parts.get()
    urging.sign(part, by=scene.signer, now=at(FRIDAY))
    deliver_all(FRIDAY)
    assert not [text for text in mails_to(post, scene.officer) if part.code in text]
