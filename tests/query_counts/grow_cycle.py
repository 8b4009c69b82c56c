"""More rows of what a quarter brings: ends, findings, parts, files, kept views."""

from tasks.models import Contribution
from tasks.states import ContributionState
from tests import factories as make
from tests.doors.world import World


def grow_cycle(world: World) -> None:
    """Add one of each."""
    task = make.TaskFactory(plan=world["plan"], action=world["action"])
    own = make.ResponsibilityFactory(task=task, unit=world["unit"])
    helping = make.ResponsibilityFactory(task=task, unit=world["helping_unit"], cooperating=True)
    filer, inspector = world.people["officer"], world.people["insp"]
    told = {"period": world["period"], "state": ContributionState.SUBMITTED, "text": "完成核算。"}
    Contribution.objects.create(responsibility=helping, filled_by=world.people["helper"], **told)
    aiding = make.ResponsibilityFactory(
        task=world["task"], unit=make.UnitFactory(), cooperating=True
    )
    Contribution.objects.create(responsibility=aiding, filled_by=filer, **told)
    make.EvidenceFactory(report=world["report_draft"])
    make.EvidenceFactory(report=world["report_approved"])
    make.FindingFactory(responsibility=own, issued_by=inspector)
    make.FindingFactory(responsibility=world["duty"], issued_by=inspector, answered=True)
    make.EndingFactory(responsibility=own, claimed_by=filer)
    ended = make.ResponsibilityFactory(
        task=make.TaskFactory(plan=world["plan"]), unit=world["unit"]
    )
    make.EndingFactory(responsibility=ended, claimed_by=filer, accepted=True)
    make.AssessmentFactory(responsibility=ended)
    make.SampleRowFactory(sample=world["sample"], responsibility=ended)
    make.SampleFactory(jurisdiction=world["unit"].jurisdiction)
    make.SavedViewFactory(person=filer)
    make.UrgeUnitFactory(urge=world["urge"], unit=aiding.unit, about=own)
    again = make.UrgeFactory(office=world["office"], made_by=filer, again=world["urge"])
    make.UrgeUnitFactory(urge=again, unit=world["unit"], about=own)
    make.PhoneCallFactory(office=world["office"], unit=world["unit"], **make.thing(own))
