"""Who claimed for a unit, left it and stayed in the office: the claim is still the unit's."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied

from tasks.services import endings
from tasks.states import EndingKind
from tests.factories import NOW, TODAY, officer
from tests.tasks.endings.conftest import DONE, WORDS, Cast, accept, claim, entry_of
from units.models import Membership

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", list(EndingKind))
def test_who_claimed_for_the_unit_and_left_it_never_confirms(cast: Cast, kind: EndingKind) -> None:
    Membership.objects.filter(user=cast.colleague).delete()
    both = cast.office
    post = Membership.objects.create(user=both, unit=cast.side.unit, role="officer")
    ending = claim(cast, entry_of(cast, kind) if kind in WORDS else DONE, by=both)
    post.until = TODAY - datetime.timedelta(days=1)  # 交接 on the same day
    post.save()
    with pytest.raises(PermissionDenied):
        accept(ending, both)
    successor = officer(cast.side.unit)
    endings.withdraw(ending, by=successor, now=NOW)  # it stays the unit's claim
