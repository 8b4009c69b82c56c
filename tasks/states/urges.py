"""Urging by hand: the form of what is sent, and how far its unit is with it."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class UrgeKind(models.TextChoices):
    """Units of one's own side are urged; others, and central bodies, are asked."""

    URGE = "urge", _("催办函")
    REQUEST = "request", _("商请函")


class UrgeState(models.TextChoices):
    SENT = "sent", _("待签收")
    SIGNED = "signed", _("已签收")
    ANSWERED = "answered", _("已回复")


URGE_MOVES: Mapping[UrgeState, frozenset[UrgeState]] = {
    UrgeState.SENT: frozenset({UrgeState.SIGNED, UrgeState.ANSWERED}),
    UrgeState.SIGNED: frozenset({UrgeState.ANSWERED}),
    UrgeState.ANSWERED: frozenset(),
}
