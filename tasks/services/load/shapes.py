"""The shape of plans, targets and observations in files."""

from tasks.states import Basis, Operator, PlanStatus, Role, TargetKind
from units.services.load.shape import (
    DAY,
    NAME,
    RECORDS,
    WORDS,
    Key,
    choice,
    many,
    name,
    number,
    place_code,
    slug,
    text,
    whole,
)

PLAN = {
    "code": Key(slug, required=True),
    "title": NAME,
    "short_title": WORDS,
    "document": Key(slug, required=True),
    "clause": WORDS,
    "status": Key(choice(PlanStatus), required=True),
    "number": WORDS,
    "issuers": Key(many(text), default=[]),
    "signed_on": DAY,
    "printed_on": DAY,
    "published_on": DAY,
    "starts_on": DAY,
    "ends_on": DAY,
    "dates_note": WORDS,
    "jurisdiction": Key(place_code),
    "region": Key(slug),
    "implements": Key(slug),
    "coordinating_body": WORDS,
    "sides": RECORDS,
}
SIDE = {"jurisdiction": Key(place_code, required=True), "office": NAME}
ACTION = {
    "number": Key(whole, required=True),
    "numeral": WORDS,
    "title": NAME,
    "clause": WORDS,
    "tasks": RECORDS,
}
TASK = {
    "number": Key(whole, required=True),
    "title": NAME,
    "clause": WORDS,
    "summary": WORDS,
    "due_on": DAY,
    "implements": Key(many(whole), default=[]),
    "responsibilities": RECORDS,
}
RESPONSIBILITY = {
    "unit": NAME,
    "role": Key(choice(Role), required=True),
    "side": Key(place_code),
    "written": WORDS,
    "note": WORDS,
}
TARGET = {
    "indicator": NAME,
    "measure": WORDS,
    "kind": Key(choice(TargetKind), required=True),
    "year": Key(whole),
    "comparator": WORDS,
    "operator": Key(choice(Operator), required=True),
    "value": Key(number),
    "value_max": Key(number),
    "category": WORDS,
    "basis": Key(choice(Basis)),
    "words": WORDS,
    "baseline_year": Key(whole),
    "place": Key(place_code),
    "place_name": WORDS,
    "responsible_unit": Key(name),
    "clause": WORDS,
    "task": Key(whole),
    "note": WORDS,
}
OBSERVATION = {
    "indicator": NAME,
    "measure": WORDS,
    "value": Key(number),
    "category": WORDS,
    "comparator": WORDS,
    "basis": Key(choice(Basis), required=True),
    "period_text": NAME,
    "starts_on": DAY,
    "ends_on": DAY,
    "place": Key(place_code),
    "place_name": WORDS,
    "clause": WORDS,
    "note": WORDS,
}
