"""Rows for tests. Defaults make the smallest legal row; traits say what is special.

Jurisdictions, offices and documents are found by code or name when they exist, so that factories
and loaded fixtures can stand in one database. The day of the tests is `TODAY`.
"""

from tests.factories.days import NOW, PASSWORD, TODAY
from tests.factories.ends import AssessmentFactory, EndingFactory
from tests.factories.evidence import EvidenceFactory
from tests.factories.figures import (
    IndicatorFactory,
    NoticeFactory,
    ObservationFactory,
    TargetFactory,
)
from tests.factories.inspection import (
    FindingFactory,
    SampleFactory,
    SampleRowFactory,
    SavedViewFactory,
)
from tests.factories.schedule import ExtensionFactory, MilestoneFactory
from tests.factories.tasks import (
    ActionFactory,
    AssignmentFactory,
    PeriodFactory,
    PlanFactory,
    PlanSideFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    joint_plan,
)
from tests.factories.units import (
    DocumentFactory,
    JurisdictionFactory,
    MembershipFactory,
    OfficeFactory,
    PersonRequestFactory,
    UnitFactory,
    UnitNameFactory,
    UserFactory,
    coordinator,
    inspector,
    officer,
    site_person,
)
from tests.factories.urging import PhoneCallFactory, UrgeFactory, UrgeUnitFactory, thing

__all__ = [
    "NOW",
    "PASSWORD",
    "TODAY",
    "ActionFactory",
    "AssessmentFactory",
    "AssignmentFactory",
    "DocumentFactory",
    "EndingFactory",
    "EvidenceFactory",
    "ExtensionFactory",
    "FindingFactory",
    "IndicatorFactory",
    "JurisdictionFactory",
    "MembershipFactory",
    "MilestoneFactory",
    "NoticeFactory",
    "ObservationFactory",
    "OfficeFactory",
    "PeriodFactory",
    "PersonRequestFactory",
    "PhoneCallFactory",
    "PlanFactory",
    "PlanSideFactory",
    "ProgressReportFactory",
    "ResponsibilityFactory",
    "SampleFactory",
    "SampleRowFactory",
    "SavedViewFactory",
    "TargetFactory",
    "TaskFactory",
    "UnitFactory",
    "UnitNameFactory",
    "UrgeFactory",
    "UrgeUnitFactory",
    "UserFactory",
    "coordinator",
    "inspector",
    "joint_plan",
    "officer",
    "site_person",
    "thing",
]
