"""Places, units, people, documents."""

from typing import Any

import factory
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory

from tests.factories.days import NOW, PASSWORD
from units.models import (
    Document,
    Jurisdiction,
    Membership,
    Office,
    PersonRequest,
    Unit,
    UnitName,
    User,
)
from units.states import DocumentKind, JurisdictionLevel, NameKind, RequestKind, UnitKind
from units.states import Role as PersonRole


class JurisdictionFactory(DjangoModelFactory[Jurisdiction]):
    """重庆市 unless a trait says otherwise."""

    class Meta:
        model = Jurisdiction
        django_get_or_create = ("code",)

    class Params:
        sichuan = factory.Trait(code="510000", name="四川省")
        jiangjin = factory.Trait(
            code="500116",
            name="江津区",
            level=JurisdictionLevel.COUNTY,
            parent=factory.SubFactory("tests.factories.JurisdictionFactory"),
        )

    code = "500000"
    name = "重庆市"
    level = JurisdictionLevel.PROVINCE
    parent = None


class UnitFactory(DjangoModelFactory[Unit]):
    """A unit of 重庆市."""

    class Meta:
        model = Unit

    class Params:
        sichuan = factory.Trait(
            jurisdiction=factory.SubFactory(JurisdictionFactory, sichuan=True),
            name=factory.Sequence(lambda n: f"四川省第{n}厅"),
        )
        jiangjin = factory.Trait(
            jurisdiction=factory.SubFactory(JurisdictionFactory, jiangjin=True),
            name=factory.Sequence(lambda n: f"江津区第{n}局"),
        )
        central = factory.Trait(
            jurisdiction=None,
            kind=UnitKind.ENTERPRISE,
            name=factory.Sequence(lambda n: f"中国第{n}集团公司"),
        )

    name = factory.Sequence(lambda n: f"重庆市第{n}局")
    jurisdiction = factory.SubFactory(JurisdictionFactory)
    kind = UnitKind.GOVERNMENT
    order = factory.Sequence(int)


class UnitNameFactory(DjangoModelFactory[UnitName]):
    """A short name."""

    class Meta:
        model = UnitName

    unit = factory.SubFactory(UnitFactory)
    name = factory.Sequence(lambda n: f"市第{n}局")
    kind = NameKind.SHORT


class OfficeFactory(DjangoModelFactory[Office]):
    """The office of a jurisdiction, one a place."""

    class Meta:
        model = Office
        django_get_or_create = ("name",)

    jurisdiction = factory.SubFactory(JurisdictionFactory)
    name = factory.LazyAttribute(lambda o: f"{o.jurisdiction.name}双碳办")


class UserFactory(DjangoModelFactory[User]):
    """A person with no role; the password is `PASSWORD`."""

    class Meta:
        model = User

    class Params:
        superuser = factory.Trait(is_superuser=True, is_staff=True)

    username = factory.Sequence(lambda n: f"person-{n}")
    name = factory.Sequence(lambda n: f"人员{n}")
    email = factory.LazyAttribute(lambda o: f"{o.username}@example.org")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))
    is_active = True


class MembershipFactory(DjangoModelFactory[Membership]):
    """A 填报人 of a unit; traits for the other roles."""

    class Meta:
        model = Membership

    class Params:
        signer = factory.Trait(role=PersonRole.SIGNER)
        liaison = factory.Trait(role=PersonRole.LIAISON)
        coordinator = factory.Trait(
            role=PersonRole.COORDINATOR, unit=None, office=factory.SubFactory(OfficeFactory)
        )
        inspector = factory.Trait(
            role=PersonRole.INSPECTOR,
            unit=None,
            jurisdiction=factory.SubFactory(JurisdictionFactory),
        )

    user = factory.SubFactory(UserFactory)
    role = PersonRole.OFFICER
    unit = factory.SubFactory(UnitFactory)
    office = None
    jurisdiction = None


def officer(unit: Unit, **person: Any) -> User:
    """A new 填报人 of the unit."""
    user: User = UserFactory(**person)
    MembershipFactory(unit=unit, user=user)
    return user


def coordinator(office: Office, **person: Any) -> User:
    """A new coordinator of the office."""
    user: User = UserFactory(**person)
    MembershipFactory(coordinator=True, office=office, user=user)
    return user


def inspector(jurisdiction: Jurisdiction, **person: Any) -> User:
    """A new 督查员 of the place."""
    user: User = UserFactory(**person)
    MembershipFactory(inspector=True, jurisdiction=jurisdiction, user=user)
    return user


class DocumentFactory(DjangoModelFactory[Document]):
    class Meta:
        model = Document
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"document-{n}")
    kind = DocumentKind.PLAN
    title = factory.LazyAttribute(lambda o: f"关于{o.code}的方案")


class PersonRequestFactory(DjangoModelFactory[PersonRequest]):
    """A coordinator asks for an account of a 填报人, and nobody has decided."""

    class Meta:
        model = PersonRequest

    kind = RequestKind.INVITE
    username = factory.Sequence(lambda n: f"newcomer-{n}")
    name = factory.Sequence(lambda n: f"新人{n}")
    role = PersonRole.OFFICER
    unit = factory.SubFactory(UnitFactory)
    requested_by = factory.SubFactory(UserFactory)
    requested_at = NOW


def site_person(role: PersonRole, **person: Any) -> User:
    """A new system, security or audit administrator."""
    user: User = UserFactory(**person)
    MembershipFactory(role=role, unit=None, user=user)
    return user
