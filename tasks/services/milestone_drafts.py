"""The table of milestones that a lead fills in, until it proposes them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tasks.models import Milestone, Responsibility
from tasks.services.milestone_rules import FIELDS, Step, check_editable, checked, locked_side
from tasks.states import MilestoneState
from tracker.lib.stale import Stale
from units.models import User
from units.services import audit


@dataclass(frozen=True)
class Line:
    """A row of the table that a lead fills in: a new draft, or `row` as of `version`."""

    step: Step
    row: int | None = None
    version: int = 0
    removed: bool = False


@transaction.atomic
def save(side: Responsibility, lines: Sequence[Line], *, by: User) -> list[Milestone]:
    """Save the rows of the table; those that it does not name stay. All or none.

    Raises PermissionDenied, Stale, ValidationError: a dict of sentences by `<line>-<field>`.
    """
    side = locked_side(side.pk)
    check_editable(side, by)
    errors: dict[str, list[str]] = {}
    saved: list[Milestone] = []
    # What goes makes room first: a day may change hands.
    for line in lines:
        if line.removed:
            _delete(_draft(side, line), by=by)
    for number, line in enumerate(lines):
        if line.removed:
            continue
        try:
            saved.append(_save(side, line, by=by))
        except Stale:
            raise
        except ValidationError as error:
            errors |= {f"{number}-{name}": text for name, text in error.message_dict.items()}
    if errors:
        raise ValidationError(errors)
    return saved


def _draft(side: Responsibility, line: Line) -> Milestone:
    row = side.milestones.filter(pk=line.row or 0).first()
    if row is not None and row.version == line.version and row.state != MilestoneState.DRAFT:
        raise ValidationError({"title": _not_a_draft(row)})
    if row is None or row.version != line.version:
        raise Stale(_("您打开之后，节点已由他人改动或提请确认。请重新打开本页后再填。"))
    row.responsibility = side
    return row


def _not_a_draft(row: Milestone) -> str:
    """What to do about one that is out of the lead's hands."""
    if row.state == MilestoneState.PROPOSED:
        return _("该节点已提请确认：请先收回，再修改。")
    return _("该节点%(state)s，不能直接修改：已确认的，请提请调整。") % {
        "state": row.get_state_display()
    }


def _save(side: Responsibility, line: Line, *, by: User) -> Milestone:
    row = Milestone(responsibility=side) if line.row is None else _draft(side, line)
    step = checked(side, line.step, but=row)
    before = {name: getattr(row, name) for name in FIELDS}
    after = {name: getattr(step, name) for name in FIELDS}
    if row.pk and before == after:
        return row
    for name, value in after.items():
        setattr(row, name, value)
    if row.pk:
        row.version += 1
        row.save(update_fields=[*FIELDS, "version"])
        audit.record("milestone.edit", row, by=by, before=before, after=after)
    else:
        row.save(force_insert=True)
        audit.record("milestone.create", row, by=by, after=after)
    return row


def _delete(row: Milestone, *, by: User) -> None:
    audit.record("milestone.delete", row, by=by, before={n: getattr(row, n) for n in FIELDS})
    row.delete()
