"""The world of the doors: one joint plan, every state of everything, one person of each kind.

重庆市能源局 is the own unit: what stands in the table is about its reports, duties and people.
"""

import datetime
import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.contrib.auth.tokens import default_token_generator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from reports.models import ReportFile, ReportRun
from tasks.models import Contribution, Plan, Responsibility
from tasks.states import ContributionState, ObservationState, ReportState
from tests import factories as make
from tests.factories.evidence import on_disk
from units.models import DayList, Office, Succession, Unit, User
from units.services import audit
from units.states import RequestKind, RequestState, Role, SuccessionKind

QUARTER = "2026Q3"
# Whom the table's columns name. `other` and `coord2` are of the plan's other side.
PEOPLE = (
    "nobody", "off", "none", "officer", "signer", "liaison", "helper", "other", "stranger",
    "coord", "leader", "coord2", "insp", "insp2", "system", "security", "audit", "super",
)  # fmt: skip


@dataclass
class World:
    """People by column, rows by the word that the table has for them."""

    people: dict[str, User] = field(default_factory=dict)
    rows: dict[str, Any] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    etags: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, word: str) -> Any:
        """The row of a word."""
        return self.rows[word]

    def argument(self, word: str) -> Any:
        """What stands in the address for the word."""
        if word in self.words:
            return self.words[word]
        row = self.rows[word]
        return row.code if isinstance(row, Plan) else row.pk


def build(files: Path, code: str = "joint-2022") -> World:
    """Everything; `files` is a folder for what can be downloaded, `code` the plan's."""
    world = World()
    _plan(world, code)
    _calendar(world)
    _successions(world)
    _people(world)
    _reports(world)
    _plan_work(world)
    _ends(world)
    _schedule(world)
    _inspection(world)
    _figures(world)
    _evidence(world)
    _signing(world)
    _requests(world)
    _files(world, files)
    user = make.UserFactory()  # nobody else's log-in may end the link
    world.words |= {
        "quarter": QUARTER,
        "report": "report",
        "year": "2027",
        "mail": "1",
        "reset": "reset",
        "disable": "disable",
        "uid": urlsafe_base64_encode(force_bytes(user.pk)),
        "token": default_token_generator.make_token(user),
    }
    return world


def _plan(world: World, code: str) -> None:
    plan = make.joint_plan(code=code)
    cq, sc = plan.sides.order_by("order")
    world.rows |= {
        "plan": plan,
        "side": cq,
        "office": cq.office,
        "office2": sc.office,
        "unit": _unit("重庆市能源局"),
        "unit2": _unit("四川省能源局", sichuan=True),
        "helping_unit": _unit("重庆市经济信息委"),
        "strange_unit": _unit("重庆市教委"),
        "spare_unit": _unit("重庆市交通局"),
        "side2": sc,
        "period": make.PeriodFactory(plan=plan),
        "closed_period": make.PeriodFactory(plan=plan, quarter_text="2026Q1", closed=True),
    }


def _unit(name: str, **traits: Any) -> Unit:
    """The unit of the name, which may stand in another world beside this one."""
    known = Unit.objects.filter(name=name).first()
    return known or make.UnitFactory(name=name, **traits)


def _calendar(world: World) -> None:
    """A year's list of days off."""
    listed = DayList.objects.create(year=2027, source="国办发明电", uploaded_at=make.NOW)
    listed.days.create(day=datetime.date(2027, 1, 1), is_worked=False, name="元旦")
    world.rows["calendar"] = listed


def _successions(world: World) -> None:
    """A renaming of the own unit that waits, and one that is done."""
    told = {"kind": SuccessionKind.RENAME, "basis": "机构改革方案", "entered_at": make.NOW}
    for word, year, done_at in (("succession", 2027, None), ("succession_done", 2020, make.NOW)):
        name = f"重庆市能源委{year}"
        day = datetime.date(year, 3, 1)
        row = Succession.objects.create(day=day, new_name=name, done_at=done_at, **told)
        row.old.add(world["unit"])
        row.new.add(world["unit"])
        world.rows[word] = row


def _people(world: World) -> None:
    unit, cq, sc = world["unit"], make.JurisdictionFactory(), world["unit2"].jurisdiction
    post = make.MembershipFactory
    people = {
        "off": make.officer(unit),
        "none": make.UserFactory(),
        "officer": make.officer(unit, name="王五"),
        "signer": post(unit=unit, signer=True).user,
        "liaison": post(unit=unit, liaison=True).user,
        "helper": make.officer(world["helping_unit"]),
        "other": make.officer(world["unit2"]),
        "stranger": make.officer(world["strange_unit"]),
        "coord": make.coordinator(world["office"]),
        "leader": post(role=Role.LEADER, unit=None, office=world["office"]).user,
        "coord2": make.coordinator(world["office2"]),
        "insp": make.inspector(cq),
        "insp2": make.inspector(sc),
        "system": make.site_person(Role.SYSTEM_ADMIN),
        "security": make.site_person(Role.SECURITY_ADMIN),
        "audit": make.site_person(Role.AUDIT_ADMIN),
        "super": make.UserFactory(superuser=True),
    }
    world.people |= people
    world.rows |= {
        "person": people["officer"],
        "post": people["officer"].memberships.get(),
        "person_other": people["other"],
        "colleague": people["signer"],
        "disabled": make.UserFactory(is_active=False),
        "notice": make.NoticeFactory(recipient=people["officer"]),
        "entry": audit.record("user.login", people["officer"], by=people["officer"]),
    }


def _lead(world: World, title: str) -> Responsibility:
    """A task of both sides with a cooperating unit; the own unit's lead row."""
    task = make.TaskFactory(plan=world["plan"], title=title)
    own: Responsibility = make.ResponsibilityFactory(task=task, unit=world["unit"])
    make.ResponsibilityFactory(task=task, unit=world["helping_unit"], cooperating=True)
    make.ResponsibilityFactory(task=task, unit=world["unit2"])
    return own


def _reports(world: World) -> None:
    filled = {"period": world["period"], "filled_by": world.people["officer"], "percent": 55}
    world.rows["free"] = _lead(world, "尚未填报的任务")
    for state in ("draft", "submitted", "approved", "returned"):
        duty = _lead(world, f"{state}的任务")
        traits = {} if state == "draft" else {state: True}
        report = make.ProgressReportFactory(
            responsibility=duty, coordination="请协调用地。", **filled, **traits
        )
        world.rows |= {f"duty_{state}": duty, f"report_{state}": report}
    task = world["free"].task
    world.rows |= {
        "task": task,
        "task2": world["duty_draft"].task,
        "action": task.action,
        "duty": world["free"],
        "duty2": task.responsibilities.get(unit=world["unit2"]),
        "duty_helping": task.responsibilities.get(unit=world["helping_unit"]),
        "late": make.ResponsibilityFactory(
            task=make.TaskFactory(plan=world["plan"], overdue=True), unit=world["unit"]
        ),
    }


def _plan_work(world: World) -> None:
    """What an office enters: a draft ready to be issued, what can be deleted, 交办."""
    draft = make.PlanFactory(
        code="draft-2026",
        draft=True,
        number="渝府办发〔2026〕1号",
        issuers=["重庆市人民政府办公厅"],
        signed_on=datetime.date(2026, 10, 1),
        starts_on=datetime.date(2027, 1, 1),
        ends_on=datetime.date(2030, 12, 31),
    )
    side = make.PlanSideFactory(plan=draft, office=world["office"])
    make.ResponsibilityFactory(task=make.TaskFactory(plan=draft), unit=world["unit"])
    bare = make.PlanFactory(code="bare-2026", draft=True)
    bare_side = make.PlanSideFactory(plan=bare, office=world["office"])
    jiangjin = make.OfficeFactory(jurisdiction=make.JurisdictionFactory(jiangjin=True))
    make.PlanSideFactory(plan=bare, jurisdiction=jiangjin.jurisdiction, office=jiangjin)
    plan = world["plan"]
    bare_task = make.TaskFactory(plan=plan, title="未列责任的任务")
    world.rows |= {
        "draft_plan": draft,
        "draft_side": side,
        "bare_plan": bare,
        "bare_side": bare_side,
        "third_office": make.OfficeFactory(
            jurisdiction=make.JurisdictionFactory(code="520000", name="贵州省")
        ),
        "bare_action": make.ActionFactory(plan=plan),
        "bare_task": bare_task,
        "unsigned": make.AssignmentFactory(responsibility=world["duty_draft"]),
        "signed": make.AssignmentFactory(responsibility=world["duty_approved"], signed=True),
    }


def _ends(world: World) -> None:
    """A claim of the own unit that waits, and one in force."""
    claimed = {"claimed_by": world.people["officer"]}
    for word, traits in (("ending_claimed", {}), ("ending_accepted", {"accepted": True})):
        duty = _lead(world, f"{word}的任务")
        world.rows[word] = make.EndingFactory(responsibility=duty, **claimed, **traits)
    world.rows["assessed"] = make.AssessmentFactory(responsibility=duty).responsibility


def _schedule(world: World) -> None:
    """Milestones of the own unit in their states, and requests for a later date."""
    duty = _lead(world, "有节点的任务")
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


def _inspection(world: World) -> None:
    """Findings about the own unit, a sample of the own place, an officer's saved view."""
    ended = _lead(world, "抽查的任务")
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


def _figures(world: World) -> None:
    target = make.TargetFactory(plan=world["plan"], unit=world["unit"])
    filed = {
        "target": target,
        "unit": world["unit"],
        "side": world["unit"].jurisdiction,
        "filled_by": world.people["officer"],
    }
    handed_in = {"submitted_by": world.people["officer"], "submitted_at": make.NOW}
    judged = {"reviewed_by": make.UserFactory(), "reviewed_at": make.NOW}
    make_one = make.ObservationFactory
    world.rows |= {
        "target": target,
        "indicator": target.indicator,
        "loaded": make_one(indicator=target.indicator),
        "seen_draft": make_one(entered=True, **filed),
        "seen_submitted": make_one(
            entered=True, **filed, **handed_in, state=ObservationState.SUBMITTED
        ),
        "seen_approved": make_one(
            entered=True, **filed, **handed_in, **judged, state=ObservationState.APPROVED
        ),
    }


def _signing(world: World) -> None:
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
        duty = _lead(world, f"{word}的任务")
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


SIGN_KINDS = ("ask", "sign", "refuse", "paper", "unsign", "hand-in", "add-files")


def _evidence(world: World) -> None:
    """A file with a draft and one with what was approved."""
    for state in ("draft", "approved"):
        row = make.EvidenceFactory(report=world[f"report_{state}"])
        world.rows[f"evidence_{state}"] = on_disk(row)


def _requests(world: World) -> None:
    asked = {"unit": world["unit"], "requested_by": world.people["coord"]}
    decided = {
        "state": RequestState.REFUSED,
        "decided_by": world.people["security"],
        "decided_at": make.NOW,
        "reason": "重复",
    }
    world.rows |= {
        "request": make.PersonRequestFactory(**asked),
        "request_decided": make.PersonRequestFactory(**asked, **decided),
        "request_end": make.PersonRequestFactory(
            kind=RequestKind.END,
            person=world.people["helper"],
            username="",
            name="",
            role="",
            unit=None,
            requested_by=world.people["coord"],
        ),
    }


def _files(world: World, folder: Path) -> None:
    told: dict[str, Any] = {"size": 4, "sha256": hashlib.sha256(b"book").hexdigest()}
    for name in ("summary.xlsx", "unit.xlsx"):
        (folder / name).write_bytes(b"book")
    office: Office = world["office"]
    run = ReportRun.objects.create(
        book="quarterly",
        quarter=QUARTER,
        plan=world["plan"],
        office=office,
        requested_by=world.people["coord"],
    )
    run.plans.set([world["plan"]])
    files = ReportFile.objects
    whole = {"order": 1, "kind": "summary", "name": "汇总.xlsx", "path": "summary.xlsx"}
    own = {"order": 2, "kind": "unit", "name": "单位.xlsx", "path": "unit.xlsx"}
    world.rows |= {
        "run": run,
        "file": files.create(run=run, **whole, **told),
        "file_unit": files.create(run=run, unit=world["unit"], **own, **told),
    }
