"""Demo accounts: those that log in, and an officer for every lead unit."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from tasks.models import PlanSide, Responsibility
from tasks.states import Role as TaskRole
from tracker.lib import demo
from units.models import Jurisdiction, Membership, Office, Unit, User
from units.states import Role

DOMAIN = "demo.example.com"
OFFICERS = demo.bodies("填报")
COORDINATORS = demo.bodies("审核")
LEADERS = demo.bodies("分管")
KEEPERS = {
    "sysadmin": Role.SYSTEM_ADMIN,
    "secadmin": Role.SECURITY_ADMIN,
    "auditadmin": Role.AUDIT_ADMIN,
}
INSPECTED = "500000"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = (
    "建国", "晓明", "文静", "志强", "丽华", "永康", "思远", "海燕", "国栋", "雪梅", "立新",
    "春燕", "伟东", "佳慧", "振华", "红霞", "明哲", "秀英", "少波", "雨桐", "宏伟", "玉兰",
    "天佑",
)  # fmt: skip
AREA_CODES = {"50": "023", "51": "028"}  # 重庆市, 四川省's capital
SIGNER_EVERY = 3  # of the lead units, one has somebody who signs


@dataclass(frozen=True)
class People:
    """Who reports for a unit, and who reviews a side of a plan (by plan and place)."""

    officers: dict[int, User]
    reviewers: dict[tuple[int, int], User]
    count: int


def name_of(turn: int) -> str:
    """Return a plain name, another for each of the first 460 people."""
    return SURNAMES[turn % len(SURNAMES)] + GIVEN[turn % len(GIVEN)]


def phone_of(turn: int, place: Jurisdiction | None) -> str:
    """Return an office phone that nobody has: numbers do not begin with 0."""
    area = AREA_CODES.get(place.code[:2] if place else "", "023")
    return f"{area}-0000{turn:04d}"


def user_of(
    username: str, password: str, place: Jurisdiction | None = None, *, superuser: bool = False
) -> User:
    """The account of this name, made where there is none."""
    turn = User.objects.count() + 1
    return User.objects.get_or_create(
        username=username,
        defaults={
            "name": name_of(turn),
            "phone": phone_of(turn, place),
            "post": "演示账号",
            "email": f"{username}@{DOMAIN}",
            "password": password,
            "is_staff": superuser,
            "is_superuser": superuser,
        },
    )[0]


def lead_units() -> list[Unit]:
    """Return every unit that leads, in the order of the documents."""
    leading = Responsibility.objects.filter(role=TaskRole.LEAD).values("unit")
    units = Unit.objects.filter(pk__in=leading).select_related("jurisdiction")
    return list(units.order_by("document", "order", "pk"))


def make_people() -> People:
    """Make the accounts and what they are; those that are there stay as they are."""
    # One hash for all: eight slow ones would take longer than the whole demo.
    password = make_password(demo.PASSWORD)
    officers = _officers(password)
    people = len(officers) + _other_units(officers)
    offices = _coordinators(password)
    _overseers(password)
    others = 2 + _leaders(password) + _keepers(password)
    return People(officers, _reviewers(offices), people + len(offices) + others)


def add_accounts() -> People:
    """Make those of the accounts that log in which are not there; returns all that are."""
    known = set(User.objects.filter(username__in=demo.USERNAMES).values_list("username", flat=True))
    if known != set(demo.USERNAMES):
        password = make_password(demo.PASSWORD)
        _officers(password)
        _coordinators(password)
        _overseers(password)
        _leaders(password)
        _keepers(password)
    posts = Membership.objects.select_related("user").order_by("-pk")
    officers = {one.unit_id: one.user for one in posts.filter(role=Role.OFFICER) if one.unit_id}
    offices = {
        one.office_id: one.user
        for one in posts.filter(role=Role.COORDINATOR, user__username__in=COORDINATORS)
        if one.office_id
    }
    return People(officers, _reviewers(offices), len(officers) + len(offices))


def _officers(password: str) -> dict[int, User]:
    officers: dict[int, User] = {}
    for username, unit_name in OFFICERS.items():
        unit = Unit.objects.filter(name=unit_name).select_related("jurisdiction").first()
        user = user_of(username, password, unit.jurisdiction if unit else None)
        if unit is not None:
            Membership.objects.get_or_create(user=user, role=Role.OFFICER, unit=unit)
            officers[unit.pk] = user
    return officers


def _coordinators(password: str) -> dict[int, User]:
    offices: dict[int, User] = {}
    for username, office_name in COORDINATORS.items():
        office = Office.objects.filter(name=office_name).first()
        user = user_of(username, password, office.jurisdiction if office else None)
        if office is not None:
            Membership.objects.get_or_create(user=user, role=Role.COORDINATOR, office=office)
            offices[office.pk] = user
    return offices


def _reviewers(offices: dict[int, User]) -> dict[tuple[int, int], User]:
    return {
        (side.plan_id, side.jurisdiction_id): offices[side.office_id]
        for side in PlanSide.objects.all()
        if side.office_id in offices
    }


def _overseers(password: str) -> None:
    place = Jurisdiction.objects.filter(code=INSPECTED).first()
    auditor = user_of("auditor", password, place)
    if place is not None:
        Membership.objects.get_or_create(user=auditor, role=Role.INSPECTOR, jurisdiction=place)
    user_of("admin", password, superuser=True)


def _leaders(password: str) -> int:
    """Make the deputy directors, who read what the office reads."""
    count = 0
    for username, office_name in LEADERS.items():
        office = Office.objects.filter(name=office_name).first()
        user = user_of(username, password, office.jurisdiction if office else None)
        if office is not None:
            Membership.objects.get_or_create(user=user, role=Role.LEADER, office=office)
        count += 1
    return count


def _keepers(password: str) -> int:
    """Make the three administrators, who see no business."""
    for username, role in KEEPERS.items():
        Membership.objects.get_or_create(user=user_of(username, password), role=role)
    return len(KEEPERS)


def _other_units(officers: dict[int, User]) -> int:
    """Make an officer for each other lead unit and a signer for some; returns how many people."""
    nobody = make_password(None)
    count = 0
    for number, unit in enumerate(lead_units(), 1):
        if unit.pk not in officers:
            user = user_of(f"demo-officer-{number:02d}", nobody, unit.jurisdiction)
            Membership.objects.get_or_create(user=user, role=Role.OFFICER, unit=unit)
            officers[unit.pk] = user
            count += 1
        if number % SIGNER_EVERY == 1:
            signer = user_of(f"demo-signer-{number:02d}", nobody, unit.jurisdiction)
            Membership.objects.get_or_create(user=signer, role=Role.SIGNER, unit=unit)
            count += 1
    return count
