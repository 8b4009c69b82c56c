"""Who would be urged about what, in which form, and whom it reaches: before anything is sent."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied

from tasks import policy
from tasks.models import UrgeUnit
from tasks.services.urge_things import Chosen, Thing, outstanding
from tasks.states import UrgeKind
from units import policy as people_policy
from units.models import Deputy, Membership, Office, Unit, User
from units.states import Role

Places = set[tuple[int, int]]
TOLD_ROLES = (Role.OFFICER, Role.SIGNER)


@dataclass(frozen=True)
class Part:
    """What one unit would be sent. `people` are told of it; `last` is what it was sent before.

    `named` are those whom the sender may know: people of other sides are told all the same.
    """

    unit: Unit
    kind: UrgeKind
    things: list[Thing]
    people: list[User] = field(default_factory=list)
    named: list[User] = field(default_factory=list)
    last: UrgeUnit | None = None

    @property
    def is_urged(self) -> bool:
        return self.kind == UrgeKind.URGE

    @property
    def unnamed(self) -> int:
        """How many more are told."""
        return len(self.people) - len(self.named)

    @property
    def sentences(self) -> list[str]:
        return [thing.sentence(own=self.is_urged) for thing in self.things]


@dataclass(frozen=True)
class Preview:
    """`offices` are those for which the person may send it; `gone` what is no longer open.

    `left_out` counts what is of plans of which the chosen office has no side.
    """

    office: Office | None
    offices: list[Office]
    parts: list[Part]
    gone: list[str]
    left_out: int = 0

    @property
    def things(self) -> list[Thing]:
        return [thing for part in self.parts for thing in part.things]

    @property
    def keys(self) -> list[str]:
        """The subjects, for the form that sends them."""
        return [thing.key for thing in self.things]

    @property
    def kinds(self) -> list[tuple[UrgeKind, int]]:
        """How many letters of each form."""
        counts = Counter(part.kind for part in self.parts)
        return [(kind, counts[kind]) for kind in UrgeKind if counts[kind]]


def preview(
    user: User, chosen: Chosen, today: datetime.date, *, office: int | None = None
) -> Preview:
    """What would be sent; a constant number of queries.

    PermissionDenied for whoever acts for no office, before anything else is said.
    """
    if not policy.reviews(user):
        raise PermissionDenied
    found = outstanding(user, chosen, today)
    offices = _offices(user, found.things)
    acting = _acting(offices, found.things, office)
    if acting is None:
        return Preview(None, [], [], found.gone)
    places = offices[acting]
    plans = {plan for plan, _side in places}
    things = [thing for thing in found.things if thing.side.task.plan_id in plans]
    parts = _parts(user, things, places, acting, today)
    return Preview(acting, list(offices), parts, found.gone, len(found.things) - len(things))


def _offices(user: User, things: Iterable[Thing]) -> dict[Office, Places]:
    """For which offices the person may send them, with the sides that these have."""
    plans = {thing.side.task.plan_id for thing in things}
    rows = policy.scope(user, "side.edit").filter(plan__in=plans).select_related("office")
    found: dict[Office, Places] = defaultdict(set)
    for side in rows.order_by("office__jurisdiction__code", "office"):
        found[side.office].add((side.plan_id, side.jurisdiction_id))
    return found


def _acting(
    offices: dict[Office, Places], things: Sequence[Thing], asked: int | None
) -> Office | None:
    """The office that was named, else that of whose sides most of them are."""
    if asked is not None:
        return next((office for office in offices if office.pk == asked), None)

    def own(office: Office) -> int:
        return sum(_is_of(thing, offices[office]) for thing in things)

    return max(offices, key=own, default=None)


def _is_of(thing: Thing, places: Places) -> bool:
    return (thing.side.task.plan_id, thing.side.side_id) in places


def _parts(
    user: User, things: Iterable[Thing], places: Places, office: Office, today: datetime.date
) -> list[Part]:
    by_unit: dict[Unit, list[Thing]] = defaultdict(list)
    for thing in things:
        by_unit[thing.side.unit].append(thing)
    people, last = people_of(by_unit, today), _last_of(by_unit, office)
    told = {person.pk for some in people.values() for person in some}
    known = people_policy.scope(user, "person.view").filter(pk__in=told)
    names = set(known.values_list("pk", flat=True))
    return [
        Part(
            unit,
            _kind(unit, some, places),
            some,
            people=people.get(unit.pk, []),
            named=[person for person in people.get(unit.pk, []) if person.pk in names],
            last=last.get(unit.pk),
        )
        for unit, some in by_unit.items()
    ]


def _kind(unit: Unit, things: Iterable[Thing], places: Places) -> UrgeKind:
    """To units of the own side 催办函; to others, to central bodies and enterprises 商请函."""
    own = not unit.is_central and all(_is_of(thing, places) for thing in things)
    return UrgeKind.URGE if own else UrgeKind.REQUEST


def people_of(units: Iterable[Unit], today: datetime.date) -> dict[int, list[User]]:
    """Officers and signers by unit, or who stands in for them these days, each once."""
    posts = (
        Membership.objects.current(today)
        .filter(unit__in=list(units), role__in=TOLD_ROLES)
        .select_related("user")
        .order_by("user__username")
    )
    stand_ins = Deputy.objects.standing_in(today)
    found: dict[int, dict[int, User]] = defaultdict(dict)
    for post in posts:
        unit = post.unit_id or 0
        person = stand_ins.get((unit, post.user_id), post.user)
        found[unit][person.pk] = person
    return {unit: list(people.values()) for unit, people in found.items()}


def _last_of(units: Iterable[Unit], office: Office) -> dict[int, UrgeUnit]:
    """What the office sent each of the units last."""
    rows = UrgeUnit.objects.filter(urge__office=office, unit__in=list(units))
    newest = rows.order_by("unit_id", "-urge__made_at", "-pk").distinct("unit_id")
    return {row.unit_id: row for row in newest.select_related("urge")}
