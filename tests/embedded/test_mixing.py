"""Demo data and people's own do not stand in one database."""

import pytest

from tests import factories as make
from tracker.embedded.prepare import refuse_mixing
from tracker.embedded.refusal import Refusal
from units.services import audit

pytestmark = pytest.mark.django_db


def test_an_empty_database_may_become_either():
    refuse_mixing(demo=True)
    refuse_mixing(demo=False)


def test_a_demo_stays_one():
    make.UserFactory()
    audit.record("demo.make", None, by=None)
    refuse_mixing(demo=True)
    with pytest.raises(Refusal, match=r"演示数据.*DEMO=0 DATA_DIR=\./var-clean"):
        refuse_mixing(demo=False)


def test_people_are_not_put_among_demo_accounts():
    make.UserFactory()
    refuse_mixing(demo=False)
    with pytest.raises(Refusal, match=r"已有正式的人员.*DEMO=0"):
        refuse_mixing(demo=True)
