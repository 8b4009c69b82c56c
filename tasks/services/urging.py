"""催办 by hand: sent, signed for, answered, sent again."""

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Notice, Urge, UrgeItem, UrgeUnit
from tasks.services import notices
from tasks.services.urge_checks import TWICE, one_at_a_time, too_long, whole
from tasks.services.urge_preview import Part, Preview, preview
from tasks.services.urge_things import Chosen, Thing, still_outstanding
from tasks.states import URGE_MOVES, UrgeState
from tracker.lib.states import check_move
from tracker.lib.text import clean_text
from tracker.lib.workdays import SHANGHAI, add_workdays, is_workday
from units.models import Office, User
from units.services import audit

RULE = "urge"
ANSWER_WORKDAYS = 3
LATEST = datetime.timedelta(days=366)
MAX_LINE, MAX_ANSWER = 500, 500
MOST_UNITS = 200


def default_answer_by(today: datetime.date) -> datetime.date:
    """Three working days from today."""
    return add_workdays(today, ANSWER_WORKDAYS)


@dataclass(frozen=True)
class Letter:
    """What the office says to all of them."""

    line: str
    answer_by: datetime.date


@transaction.atomic
def send(
    chosen: Chosen,
    letter: Letter,
    *,
    by: User,
    now: datetime.datetime,
    office: int | None = None,
    again: Urge | None = None,
) -> Urge:
    """Send each unit what is outstanding of the chosen; all or none.

    What is done by now is not sent: the sender is told, and looks again. A button pressed twice
    sends once. Raises PermissionDenied, ValidationError by field.
    """
    if not policy.reviews(by):
        raise PermissionDenied
    letter = Letter(clean_text(letter.line), letter.answer_by)
    one_at_a_time()
    made = preview(by, chosen, now.astimezone(SHANGHAI).date(), office=office)
    acting = _acting(made, chosen, _faults(letter, now))
    if (twin := _twin(made, letter, again, by, now)) is not None:
        return twin
    return _write(made, acting, letter, by=by, now=now, again=again)


def _faults(letter: Letter, now: datetime.datetime) -> dict[str, Any]:
    """What is wrong with the letter, by field."""
    today, errors = now.astimezone(SHANGHAI).date(), {}
    if len(letter.line) > MAX_LINE:
        errors["line"] = too_long(letter.line, MAX_LINE)
    if letter.answer_by < today:
        errors["answer_by"] = _("回复期限不能早于今天。")
    elif letter.answer_by > today + LATEST:
        errors["answer_by"] = _("回复期限不能晚于一年之后。")
    return errors


def _acting(made: Preview, chosen: Chosen, errors: dict[str, Any]) -> Office:
    """The office that sends it; ValidationError says all that is wrong, the choice's with it."""
    try:
        acting = whole(made, chosen)
        if len(made.parts) > MOST_UNITS:
            raise ValidationError(
                _("一次最多催办%(most)d个单位，现为%(n)d个，请分次催办。")
                % {"most": MOST_UNITS, "n": len(made.parts)}
            )
    except ValidationError as error:
        if not errors:
            raise
        raise ValidationError({**errors, NON_FIELD_ERRORS: error.messages}) from error
    if errors:
        raise ValidationError(errors)
    return acting


def _twin(
    made: Preview, letter: Letter, again: Urge | None, by: User, now: datetime.datetime
) -> Urge | None:
    """The same to the same, sent by the same person a moment ago."""
    earlier = Urge.objects.filter(
        office=made.office,
        made_by=by,
        line=letter.line,
        answer_by=letter.answer_by,
        again=again,
        made_at__gt=now - TWICE,
    )
    for urge in earlier:
        sent = UrgeItem.objects.filter(part__urge=urge).values_list("subject", flat=True)
        if set(sent) == set(made.keys):
            return urge
    return None


def _write(
    made: Preview,
    office: Office,
    letter: Letter,
    *,
    by: User,
    now: datetime.datetime,
    again: Urge | None,
) -> Urge:
    today = now.astimezone(SHANGHAI).date()
    last = Urge.objects.filter(office=office, year=today.year).aggregate(last=Max("number"))
    urge = Urge.objects.create(
        office=office,
        year=today.year,
        number=(last["last"] or 0) + 1,
        made_by=by,
        made_at=now,
        line=letter.line,
        answer_by=letter.answer_by,
        again=again,
    )
    units = UrgeUnit.objects.bulk_create(
        UrgeUnit(urge=urge, unit=part.unit, kind=part.kind) for part in made.parts
    )
    pairs = list(zip(made.parts, units, strict=True))
    UrgeItem.objects.bulk_create(
        UrgeItem(part=row, **said_of(thing)) for part, row in pairs for thing in part.things
    )
    for part, row in pairs:
        after = {"kind": row.kind, "things": len(part.things), "answer_by": letter.answer_by}
        audit.record("urge.send", row, by=by, reason=letter.line, after=after)
    _tell([_notice(part, row, who, today) for part, row in pairs for who in part.people], now)
    return urge


def said_of(thing: Thing) -> dict[str, object]:
    """The thing as it is kept."""
    return {
        "kind": thing.kind,
        "subject": thing.key,
        "due_on": thing.due_on,
        "responsibility": thing.side,
        "params": thing.params,
    }


def _notice(part: Part, row: UrgeUnit, to: User, today: datetime.date) -> Notice:
    return Notice(
        rule=RULE,
        subject=notices.urge_subject(row.pk),
        due_on=row.urge.answer_by,
        step=0,
        recipient=to,
        unit=part.unit,
        made_on=today,
        path=reverse("tasks:urge_unit", args=[row.pk]),
        params={
            "side": 0,
            "unit": part.unit.name,
            "central": not part.is_urged,
            "plan": part.things[0].side.task.plan.name,
            "task": "",
            "number": 0,
            "quarter": "",
            "days": 0,
            "verb": "urge.sign",
            "plans": False,
            "office": row.urge.office.name,
            "code": row.code,
            "things": len(part.things),
        },
    )


def _tell(made: Sequence[Notice], now: datetime.datetime) -> None:
    """In the list at once; by mail on a working day, else with the next one's mail."""
    Notice.objects.bulk_create(made)
    today = now.astimezone(SHANGHAI).date()
    if is_workday(today):
        told = Counter(notice.recipient_id for notice in made)
        notices.finish(told, today=today, now=now)


@transaction.atomic
def repeat(parts: Sequence[UrgeUnit], *, by: User, now: datetime.datetime) -> Urge:
    """Send again, with the same line, what is still outstanding of parts of one sending.

    Raises PermissionDenied, ValidationError where all is done.
    """
    ids = {part.pk for part in parts}
    if not ids or policy.scope(by, "urge.follow").filter(pk__in=ids).count() != len(ids):
        raise PermissionDenied
    urge = parts[0].urge
    today = now.astimezone(SHANGHAI).date()
    items = UrgeItem.objects.filter(part__in=ids)
    open_ones = still_outstanding(items, today, by=by)
    if not open_ones:
        raise ValidationError(_("所列事项都已办理，无须再次催办。"))
    letter = Letter(urge.line, default_answer_by(today))
    first = urge.again or urge
    chosen = Chosen(keys=frozenset(open_ones))
    return send(chosen, letter, by=by, now=now, office=urge.office_id, again=first)


def repeat_unsigned(urge: Urge, *, by: User, now: datetime.datetime) -> Urge:
    """Send again to all of a sending who have not signed for it."""
    mine: Any = policy.scope(by, "urge.follow")
    parts = list(mine.filter(urge=urge).unsigned().select_related("urge__again"))
    if not parts:
        raise ValidationError(_("各单位都已签收，无须再次催办。"))
    return repeat(parts, by=by, now=now)


@transaction.atomic
def sign(part: UrgeUnit, *, by: User, now: datetime.datetime, answer: str = "") -> UrgeUnit:
    """The unit signs for it, and answers where it has something to say.

    What was sent again about the same is signed for, and answered, with it.
    Raises PermissionDenied, IllegalMove, ValidationError (field `answer`).
    """
    answer = clean_text(answer)
    if len(answer) > MAX_ANSWER:
        raise ValidationError({"answer": too_long(answer, MAX_ANSWER)})
    rows = _same(part)
    row = next(one for one in rows if one.pk == part.pk)
    if not policy.can(by, "urge.answer" if answer else "urge.sign", row):
        raise PermissionDenied
    to = UrgeState.ANSWERED if answer else UrgeState.SIGNED
    check_move(URGE_MOVES, UrgeState(row.state), to)
    for one in rows:
        if to in URGE_MOVES[UrgeState(one.state)]:
            _move(one, to, answer, by=by, now=now)
    notices.settle([notices.urge_subject(one.pk) for one in rows])
    return row


def _same(part: UrgeUnit) -> list[UrgeUnit]:
    """All that the unit was sent in the row of sendings to which it belongs, locked."""
    first = part.urge.again_id or part.urge_id
    rows = UrgeUnit.objects.filter(Q(urge=first) | Q(urge__again=first), unit=part.unit_id)
    return list(rows.select_for_update(of=("self",)).select_related("urge", "unit").order_by("pk"))


def _move(row: UrgeUnit, to: UrgeState, answer: str, *, by: User, now: datetime.datetime) -> None:
    if not row.is_signed:
        row.signed_by, row.signed_at = by, now
        audit.record("urge.sign", row, by=by, before={"state": row.state})
    if answer:
        row.answer, row.answered_by, row.answered_at = answer, by, now
        audit.record("urge.answer", row, by=by, after={"answer": answer})
    row.state = to
    row.save(
        update_fields=["state", "signed_by", "signed_at", "answer", "answered_by", "answered_at"]
    )


def record_download(taken: UrgeUnit | Urge, *, by: User) -> None:
    """Each taking of a letter, or of all of a sending, is on record."""
    audit.record("urge.download", taken, by=by)
