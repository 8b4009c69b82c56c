"""What the quarterly cycle adds to the world of the doors: ends, dates, findings, signatures."""

from typing import Any

from tasks.models import Contribution
from tasks.states import ContributionState, ReportState
from tests import factories as make
from tests.doors.shape import World, lead


def ends(world: World) -> None:
    """A claim of the own unit that waits, and one in force."""
    claimed = {"claimed_by": world.people["officer"]}
    for word, traits in (("ending_claimed", {}), ("ending_accepted", {"accepted": True})):
        duty = lead(world, f"{word}的任务")
        world.rows[word] = make.EndingFactory(responsibility=duty, **claimed, **traits)
    world.rows["assessed"] = make.AssessmentFactory(responsibility=duty).responsibility


def schedule(world: World) -> None:
    """Milestones of the own unit in their states, and requests for a later date."""
    duty = lead(world, "有节点的任务")
    world.rows["duty_steps"] = duty
    officer = world.people["officer"]
    for word in ("draft", "proposed", "confirmed", "claimed"):
        said: dict[str, Any] = {} if word == "draft" else {"proposed_by": officer}
        said |= {"claimed_by": officer, "claimed_at": make.NOW} if word == "claimed" else {}
        world.rows[f"step_{word}"] = make.MilestoneFactory(responsibility=duty, state=word, **said)
    asked = {"responsibility": duty, "asked_by": officer}
    world.rows |= {
        "extension_asked": make.ExtensionFactory(**asked),
        "extension_granted": make.ExtensionFactory(**asked, granted=True),
    }


def inspection(world: World) -> None:
    """Findings about the own unit, a sample of the own place, an officer's saved view."""
    ended = lead(world, "抽查的任务")
    make.EndingFactory(responsibility=ended, accepted=True)
    sample = make.SampleFactory(jurisdiction=world["unit"].jurisdiction)
    issued = {"issued_by": world.people["insp"]}
    world.rows |= {
        "finding": make.FindingFactory(responsibility=world["duty"], **issued),
        "finding_answered": make.FindingFactory(
            responsibility=world["duty_submitted"], answered=True, **issued
        ),
        "finding_proposal": make.FindingFactory(responsibility=ended, proposing=True, **issued),
        "sample": sample,
        "sample_row": make.SampleRowFactory(sample=sample, responsibility=ended),
        "saved_view": make.SavedViewFactory(person=world.people["officer"]),
    }
    world.words |= {word: word for word in ("answer", "contest", "close", "office")}


def signing(world: World) -> None:
    """Reports on their way to a signature, and a part told to the own unit."""
    world["unit"].signs_reports = True
    world["unit"].save(update_fields=["signs_reports"])
    filled = {"period": world["period"], "filled_by": world.people["officer"], "percent": 55}
    asked = {"sign_asked_by": world.people["officer"], "sign_asked_at": make.NOW}
    signed = {
        "state": ReportState.SIGNED,
        "signed_by": world.people["signer"],
        "signed_at": make.NOW,
    }
    for word, more in (("asked", asked), ("signed", signed)):
        duty = lead(world, f"{word}的任务")
        report = make.ProgressReportFactory(responsibility=duty, **filled, **more)
        world.rows[f"report_{word}"] = report
    for word, to in (("told", world["free"]), ("begun", world["duty_draft"])):
        helping = to.task.responsibilities.get(unit=world["helping_unit"])
        world.rows[f"part_{word}"] = Contribution.objects.create(
            responsibility=helping,
            period=world["period"],
            state=ContributionState.SUBMITTED if word == "told" else ContributionState.DRAFT,
            text="完成核算。",
            filled_by=world.people["helper"],
        )
    aided = world["duty_returned"].task.responsibilities
    world.rows["duty_aiding"] = aided.get(unit=world["helping_unit"])
    world.rows["duty_helped"] = world["part_begun"].responsibility
    world.words |= {kind: kind for kind in SIGN_KINDS}


def urging(world: World) -> None:
    """What the own office has sent to the own unit and to the other side's, and a call."""
    late, own = world["late"], {"office": world["office"], "made_by": world.people["coord"]}
    urge = make.UrgeFactory(**own)
    other = lead(world, "商请的任务").task.responsibilities.get(unit=world["unit2"])
    make.UrgeUnitFactory(urge=urge, unit=world["unit2"], kind="request", about=other)
    world.rows |= {
        "urge": urge,
        "urge_unit": make.UrgeUnitFactory(urge=urge, unit=world["unit"], about=late),
        "call": make.PhoneCallFactory(
            **own, unit=world["unit"], **make.thing(late), line="上午已通话。"
        ),
    }


SIGN_KINDS = ("ask", "sign", "refuse", "paper", "unsign", "hand-in", "add-files")
