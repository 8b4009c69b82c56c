"""State tables: which moves are legal, and the sentence when one is not."""

from collections.abc import Mapping
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext as _

S = TypeVar("S", bound=TextChoices)


class IllegalMove(ValidationError):
    """A change of state that the model's table does not allow."""


def check_move(moves: Mapping[S, frozenset[S]], old: S, new: S) -> None:
    """Raise IllegalMove unless `moves` allows going from `old` to `new`."""
    if new not in moves.get(old, frozenset()):
        raise IllegalMove(
            _("当前状态为“%(old)s”，不能改为“%(new)s”。") % {"old": old.label, "new": new.label},
            code="illegal_move",
        )
