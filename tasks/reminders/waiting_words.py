"""The sentence of each rule about what waits for a signature or a decision, and since when."""

from django.utils.translation import gettext as _

from tasks.models import Notice
from tasks.reminders.wording import full_day, words_of
from tasks.states import EndingKind

SIGNER = "report.sign"


def signature_waiting(notice: Notice) -> str:
    """A report waits for the unit's signer; later who filled it in is told, too."""
    if notice.params["verb"] != SIGNER:
        text = _("“%(task)s”%(quarter)s进展于%(day)s送审签，已过%(days)s，尚未审签。")
    elif notice.params["central"]:
        text = _("“%(task)s”%(quarter)s进展已于%(day)s送审签，商请审签。")
    else:
        text = _("“%(task)s”%(quarter)s进展已于%(day)s送审签，请审签。")
    return text % words_of(notice, full_day)


def review_waiting(notice: Notice) -> str:
    """A report waits for the office."""
    return _waits(
        notice, _("%(unit)s“%(task)s”%(quarter)s进展于%(day)s报送，已过%(days)s，请审核。")
    )


def ending_waiting(notice: Notice) -> str:
    """A claim that a side is done or shall end waits for the office."""
    what = notice.params.get("what", "")
    kind = EndingKind(what).label if what in EndingKind.values else _("办结")
    text = _("%(unit)s于%(day)s申请“%(task)s”%(kind)s，已过%(days)s，请核定。")
    return text % (words_of(notice, full_day) | {"kind": kind})


def extension_waiting(notice: Notice) -> str:
    """A request for a later date waits for the office."""
    return _waits(notice, _("%(unit)s于%(day)s申请“%(task)s”延期，已过%(days)s，请审批。"))


def milestone_waiting(notice: Notice) -> str:
    """A milestone that was proposed, or is said to be met, waits for the office."""
    return _waits(
        notice,
        _("%(unit)s于%(day)s报来“%(task)s”的节点“%(what)s”，已过%(days)s，请确认。"),
    )


def observation_waiting(notice: Notice) -> str:
    """A measured value waits for the office."""
    return _waits(
        notice,
        _("“%(plan)s”指标“%(what)s”的监测值于%(day)s报送，已过%(days)s，请审核。"),
    )


def _waits(notice: Notice, text: str) -> str:
    return text % words_of(notice, full_day)
