"""已电话催办: calls by telephone, noted with a line."""

import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import PhoneCall
from tasks.services.urge_preview import preview
from tasks.services.urge_things import Chosen
from tasks.services.urging import gone_words, said_of, too_long
from tracker.lib.text import clean_text
from tracker.lib.workdays import SHANGHAI
from units.models import User
from units.services import audit

MAX_CALL = 200


@transaction.atomic
def note(
    chosen: Chosen,
    line: str,
    *,
    by: User,
    now: datetime.datetime,
    office: int | None = None,
) -> list[PhoneCall]:
    """已电话催办: that a unit was called about these things, with a line.

    Raises ValidationError by field.
    """
    if not policy.reviews(by):
        raise PermissionDenied
    line = clean_text(line)
    if not line:
        raise ValidationError({"line": _("请填写通话记要，如何人接听、如何答复。")})
    if len(line) > MAX_CALL:
        raise ValidationError({"line": too_long(line, MAX_CALL)})
    made = preview(by, chosen, now.astimezone(SHANGHAI).date(), office=office)
    if made.office is None or not made.parts:
        raise ValidationError(_("所选事项都已办理，或不由您催办，没有可记的事项。"))
    if made.gone:
        raise ValidationError(gone_words(len(made.gone)))
    told = {"office": made.office, "line": line, "made_by": by, "made_at": now}
    calls = PhoneCall.objects.bulk_create(
        PhoneCall(unit=part.unit, **told, **said_of(thing))
        for part in made.parts
        for thing in part.things
    )
    for call in calls:
        audit.record("call.note", call, by=by, after={"unit": call.unit, "line": line})
    return calls
