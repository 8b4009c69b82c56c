"""What an inspector finds, and the way until it is put right."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class FindingState(models.TextChoices):
    ISSUED = "issued", _("待整改")
    CONTESTED = "contested", _("申辩待复核")
    ANSWERED = "answered", _("已反馈待核")
    CLOSED = "closed", _("已销号")
    WITHDRAWN = "withdrawn", _("已撤销")


FINDING_MOVES: Mapping[FindingState, frozenset[FindingState]] = {
    FindingState.ISSUED: frozenset(
        {FindingState.CONTESTED, FindingState.ANSWERED, FindingState.WITHDRAWN}
    ),
    FindingState.CONTESTED: frozenset({FindingState.ISSUED, FindingState.WITHDRAWN}),
    FindingState.ANSWERED: frozenset({FindingState.CLOSED, FindingState.ISSUED}),
    FindingState.CLOSED: frozenset(),
    FindingState.WITHDRAWN: frozenset(),
}
FINDING_OPEN = (FindingState.ISSUED, FindingState.CONTESTED, FindingState.ANSWERED)


class FindingStepKind(models.TextChoices):
    ISSUE = "issue", _("整改通知")
    CONTEST = "contest", _("申辩")
    UPHOLD = "uphold", _("复核维持")
    WITHDRAW = "withdraw", _("复核撤销")
    ANSWER = "answer", _("整改反馈")
    REJECT = "reject", _("反馈退回")
    CLOSE = "close", _("销号")
    EXTEND = "extend", _("调整整改期限")
    OFFICE = "office", _("协调办公室答复")


# After these steps it is for the unit to put things right.
FINDING_ASKS = (
    FindingStepKind.ISSUE,
    FindingStepKind.UPHOLD,
    FindingStepKind.REJECT,
    FindingStepKind.EXTEND,
)


class OfficeAnswer(models.TextChoices):
    """What the office says to a proposal to revoke 办结."""

    WAITING = "waiting", _("待答复")
    AGREED = "agreed", _("同意撤销办结")
    DECLINED = "declined", _("不同意撤销办结")
