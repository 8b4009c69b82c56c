"""已电话催办: calls by telephone, noted with a line."""

import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import PhoneCall
from tasks.services.urge_checks import TWICE, one_at_a_time, too_long, whole
from tasks.services.urge_preview import preview
from tasks.services.urge_things import Chosen
from tasks.services.urging import said_of
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
    """已电话催办: that a unit was called about these things, with a line; pressed twice, once.

    Raises ValidationError by field.
    """
    if not policy.reviews(by):
        raise PermissionDenied
    line = clean_text(line)
    if not line:
        raise ValidationError({"line": _("请填写通话记要，如何人接听、如何答复。")})
    if len(line) > MAX_CALL:
        raise ValidationError({"line": too_long(line, MAX_CALL)})
    one_at_a_time()
    made = preview(by, chosen, now.astimezone(SHANGHAI).date(), office=office)
    told = {"office": whole(made, chosen), "line": line, "made_by": by}
    twins = PhoneCall.objects.filter(**told, made_at__gt=now - TWICE, subject__in=made.keys)
    noted = {call.subject: call for call in twins.select_related("unit", "office", "made_by")}
    calls = PhoneCall.objects.bulk_create(
        PhoneCall(unit=part.unit, made_at=now, **told, **said_of(thing))
        for part in made.parts
        for thing in part.things
        if thing.key not in noted
    )
    for call in calls:
        audit.record("call.note", call, by=by, after={"unit": call.unit, "line": line})
    return [*noted.values(), *calls]
