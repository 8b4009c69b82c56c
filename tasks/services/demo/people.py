"""Demo accounts: design's eight, and an officer for every lead unit."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from tasks.models import PlanSide, Responsibility
from tasks.states import Role as TaskRole
from tracker.guard import DEMO_PASSWORD
from units.models import Jurisdiction, Membership, Office, Unit, User
from units.states import Role

DOMAIN = "demo.example.com"
OFFICERS = {
    "lead": "重庆市能源局",
    "lead-sichuan": "四川省能源局",
    "lead-jiangjin": "江津区发展改革委",
}
COORDINATORS = {
    "coordinator": "重庆市双碳办",
    "coordinator-sichuan": "四川省碳达峰碳中和工作委员会办公室",
    "coordinator-jiangjin": "江津区双碳办",
}
INSPECTED = "500000"
SIGNER_EVERY = 3  # of the lead units, one has somebody who signs


@dataclass(frozen=True)
class People:
    """Who reports for a unit, and who reviews a side of a plan (by plan and place)."""

    officers: dict[int, User]
    reviewers: dict[tuple[int, int], User]
    count: int


def _user(username: str, name: str, password: str, *, superuser: bool = False) -> User:
    return User.objects.get_or_create(
        username=username,
        defaults={
            "name": name,
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
    return list(Unit.objects.filter(pk__in=leading).order_by("document", "order", "pk"))


def make_people() -> People:
    """Make the accounts and what they are; those that are there stay as they are."""
    # One hash for all: eight slow ones would take longer than the whole demo.
    password = make_password(DEMO_PASSWORD)
    officers: dict[int, User] = {}
    for username, unit_name in OFFICERS.items():
        unit = Unit.objects.filter(name=unit_name).first()
        user = _user(username, f"演示填报人（{unit_name}）", password)
        if unit is not None:
            Membership.objects.get_or_create(user=user, role=Role.OFFICER, unit=unit)
            officers[unit.pk] = user
    people = len(officers) + _other_units(officers)
    offices: dict[int, User] = {}
    for username, office_name in COORDINATORS.items():
        office = Office.objects.filter(name=office_name).first()
        user = _user(username, f"演示协调员（{office_name}）", password)
        if office is not None:
            Membership.objects.get_or_create(user=user, role=Role.COORDINATOR, office=office)
            offices[office.pk] = user
    _overseers(password)
    reviewers = {
        (side.plan_id, side.jurisdiction_id): offices[side.office_id]
        for side in PlanSide.objects.all()
        if side.office_id in offices
    }
    return People(officers, reviewers, people + len(offices) + 2)


def _overseers(password: str) -> None:
    auditor = _user("auditor", "演示督查员（重庆市）", password)
    place = Jurisdiction.objects.filter(code=INSPECTED).first()
    if place is not None:
        Membership.objects.get_or_create(user=auditor, role=Role.INSPECTOR, jurisdiction=place)
    _user("admin", "演示管理员（超级用户）", password, superuser=True)


def _other_units(officers: dict[int, User]) -> int:
    """Make an officer for each other lead unit and a signer for some; returns how many people."""
    nobody = make_password(None)
    count = 0
    for number, unit in enumerate(lead_units(), 1):
        if unit.pk not in officers:
            user = _user(f"demo-officer-{number:02d}", f"演示填报人（{unit.name}）", nobody)
            Membership.objects.get_or_create(user=user, role=Role.OFFICER, unit=unit)
            officers[unit.pk] = user
            count += 1
        if number % SIGNER_EVERY == 1:
            signer = _user(f"demo-signer-{number:02d}", f"演示审签人（{unit.name}）", nobody)
            Membership.objects.get_or_create(user=signer, role=Role.SIGNER, unit=unit)
            count += 1
    return count
