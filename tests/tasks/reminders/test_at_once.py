"""Two at once, with connections of their own."""

import datetime

import pytest

from tasks.models import Digest, Notice
from tasks.reminders import make_notices
from tasks.reminders.delivery import deliver
from tasks.services import notices
from tests.at_once import at_once
from tests.factories import UnitFactory, officer
from tests.tasks.reminders.conftest import Post, Scene, at

DAY = datetime.date(2026, 10, 20)

pytestmark = pytest.mark.django_db(transaction=True)


def many(scene: Scene) -> None:
    for _n in range(20):
        unit = UnitFactory()
        officer(unit)
        scene.another(unit=unit)


@pytest.mark.parametrize("locked", [True, False])
def test_making(scene: Scene, monkeypatch: pytest.MonkeyPatch, locked: bool) -> None:
    """Also without the lock, on the unique keys alone."""
    many(scene)
    if not locked:
        monkeypatch.setattr(notices, "one_at_a_time", lambda: None)
    made = at_once(*[lambda: make_notices(today=DAY, now=at(DAY))] * 4)
    told = set(Notice.objects.values_list("rule", "subject", "due_on", "recipient", "step"))
    assert len(told) == Notice.objects.count() == 43  # 21 officers, a signer, 21 to the office
    assert Digest.objects.count() == 23
    if locked:
        assert sorted(m.notices for m in made) == [0, 0, 0, 43]


def test_delivering(scene: Scene, post: Post) -> None:
    make_notices(today=DAY, now=at(DAY))
    digest = Digest.objects.get(recipient=scene.officer)
    outcomes = at_once(*[lambda: deliver(digest.pk, now=at(DAY))] * 4)
    assert sorted(outcomes) == ["not_due", "not_due", "not_due", "sent"]
    assert len(post.mails) == 1
