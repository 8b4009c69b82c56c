"""The world of the doors: one joint plan, every state of everything, one person of each kind.

重庆市能源局 is the own unit: what stands in the table is about its reports, duties and people.
"""

import datetime
import hashlib
from pathlib import Path
from typing import Any

from django.contrib.auth.tokens import default_token_generator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from reports.models import ReportFile, ReportRun
from tasks.states import ObservationState
from tests import factories as make
from tests.doors import cycle
from tests.doors.channels import channels, scheduled
from tests.doors.returned import sent_in
from tests.doors.shape import PEOPLE, QUARTER, World, lead
from tests.factories.evidence import on_disk
from tests.history import recorded
from units.models import DayList, Deputy, Office, Succession, Unit
from units.states import RequestKind, RequestState, Role, SuccessionKind

__all__ = ["PEOPLE", "QUARTER", "World", "build"]


def build(files: Path, code: str = "joint-2022") -> World:
    """Everything; `files` is a folder for what can be downloaded, `code` the plan's."""
    world = World()
    _plan(world, code)
    _calendar(world)
    _successions(world)
    _people(world)
    _reports(world)
    _plan_work(world)
    cycle.ends(world)
    cycle.schedule(world)
    cycle.inspection(world)
    _figures(world)
    _evidence(world)
    cycle.signing(world)
    cycle.urging(world)
    channels(world)
    _requests(world)
    _files(world, files)
    scheduled(world)
    sent_in(world, files)
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
        "deputy": Deputy.objects.create(
            unit=unit,
            person=people["liaison"],
            deputy=people["officer"],
            since=make.TODAY,
            until=make.TODAY + datetime.timedelta(days=2),
        ),
        "notice": make.NoticeFactory(recipient=people["officer"]),
        "entry": recorded("user.login", people["officer"], by=people["officer"]),
    }


def _reports(world: World) -> None:
    filled = {"period": world["period"], "filled_by": world.people["officer"], "percent": 55}
    world.rows["free"] = lead(world, "尚未填报的任务")
    for state in ("draft", "submitted", "approved", "returned"):
        duty = lead(world, f"{state}的任务")
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
    failed = ReportRun.objects.create(
        book="quarterly",
        quarter=QUARTER,
        plan=world["plan"],
        office=office,
        requested_by=world.people["coord"],
        state="failed",
        error="磁盘已满。",
        finished_at=make.NOW,
    )
    failed.plans.set([world["plan"]])
    files = ReportFile.objects
    whole = {"order": 1, "kind": "summary", "name": "汇总.xlsx", "path": "summary.xlsx"}
    own = {"order": 2, "kind": "unit", "name": "单位.xlsx", "path": "unit.xlsx"}
    world.rows |= {
        "run": run,
        "run_failed": failed,
        "file": files.create(run=run, **whole, **told),
        "file_unit": files.create(run=run, unit=world["unit"], **own, **told),
    }
