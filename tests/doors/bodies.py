"""What is sent through each door that changes something: what would succeed for the right person.

By method, door and, where it matters, the first word of the address.
"""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from tasks.services import closing
from tasks.services.duties import DutyText
from tasks.services.editing import stamp, values_of
from tasks.services.plan_edit import PlanHead
from tasks.services.plan_settings import PlanSettings
from tasks.services.plan_texts import ActionText, TaskText
from tasks.services.signing_rules import version_code
from tests.doors.world import QUARTER, World
from tests.factories import PASSWORD

Body = Callable[[World], dict[str, Any]]
QUERIES = {"api:search": "?q=任务"}  # what an address cannot do without
NEW_PASSWORD = "Niu-bi-Plan-2026"
DAY = "2026-12-31"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(17) + b"\x00\x00\x00\x00IEND\xaeB`\x82"


def _seen(kind: Any, word: str) -> Body:
    return lambda world: {"seen": stamp(kind.of(world[word]))}


def _version(word: str, **more: Any) -> Body:
    return lambda world: {"version": world[word].version, **more}


def _pk(word: str) -> Callable[[World], int]:
    return lambda world: int(world[word].pk)


def _with(base: Body, **more: Any) -> Body:
    """More values; callables are asked with the world."""
    return lambda world: {
        **base(world),
        **{name: value(world) if callable(value) else value for name, value in more.items()},
    }


def _just(**values: Any) -> Body:
    return _with(lambda world: {}, **values)


def _user_name(world: World) -> str:
    return world.people["officer"].username


def _renaming(world: World) -> dict[str, Any]:
    told = {"kind": "rename", "day": DAY, "new_name": "重庆市能源委", "basis": "批复"}
    return {"old": [world["unit"].pk], **told}


def _sheet(world: World) -> dict[str, Any]:
    book = Workbook()
    page: Any = book.active
    page.append(["单位", "姓名", "职务", "电话", "邮箱", "角色"])
    page.append(["重庆市能源局", "赵六", "科长", "023-67500000", "", "联络员"])
    out = BytesIO()
    book.save(out)
    return {"file": SimpleUploadedFile("名单.xlsx", out.getvalue())}


REPORT = {
    "percent": 60,
    "progress": "完成阶段目标。",
    "problems": "无。",
    "next_steps": "继续推进。",
    "coordination": "无。",
}
NEWCOMER = {"username": "zhangsan", "name": "张三", "role": "officer", "note": "新到岗"}
HEAD = {"title": "新方案", "short_title": "新", "number": "渝府〔2026〕9号"}
FIGURE = {"basis": "年度", "value": "15", "source_words": "统计年鉴", "place": "重庆市"}
FINDING = {"problem": "与现场不符。", "demand": "补齐材料。", "due_on": DAY}
ACTION = {"numeral": "（九）", "title": "新行动", "clause": "第九条"}
TASK = {"title": "新任务", "summary": "概要", "clause": "第九条", "due_on": DAY}
DUTY = {"unit": "重庆市交通局", "role": "cooperating", "written": "市交通局", "note": ""}
STEP = {"due_on": "2027-09-30", "title": "建成投用", "percent": 60}
LINE = {
    "action": "propose",
    "line-TOTAL_FORMS": 1,
    "line-INITIAL_FORMS": 0,
    **{f"line-0-{name}": value for name, value in STEP.items()},
}
GRANT = {
    "due_on": "2031-06-30",
    "approving_body": "重庆市人民政府",
    "approval_number": "渝府〔2026〕9号",
}
NAMES = {"names": "重庆市交通局", "role": "cooperating"}


def _action_number(world: World) -> int:
    return int(world["action"].number)


def _task_form(world: World) -> dict[str, Any]:
    return {"number": 90, "action": world["action"].pk, **TASK}


def _own_side(world: World) -> int:
    return int(world["unit"].jurisdiction.pk)


def _wanting(world: World) -> dict[str, Any]:
    """How much is wanting of the own side, as its page says."""
    standing = closing.standing_of(world["period"])[0]
    return dict(zip(("missing", "returned", "unreviewed"), standing.counts, strict=True))


def _days_off(world: World) -> dict[str, Any]:
    text = "日期,类型,名称\n2028-01-01,休,元旦\n"
    return {"source": "国办发明电", "file": SimpleUploadedFile("2028.csv", text.encode())}


def _paper(field: str, **more: Any) -> Body:
    """A file to put with a report."""
    return lambda world: {
        field: SimpleUploadedFile("验收.png", PNG),
        **{name: value(world) if callable(value) else value for name, value in more.items()},
    }


def _sign_step(word: str) -> Body:
    """What any step of the way to a signature asks for; a form takes its own."""
    return lambda world: {
        "version": world[word].version,
        "reason": "请核实数据。",
        "code": version_code(world[word]),
        "evidence": SimpleUploadedFile("审签单.png", PNG),
    }


PAGES: dict[str, Body] = {
    "tasks:signing_act report_asked": _sign_step("report_asked"),
    "tasks:signing_act report_signed": _sign_step("report_signed"),
    "tasks:unit_signing": _just(value="off"),
    "tasks:proxy": _just(**REPORT, version=0, reason="该单位暂无填报人。"),
    "tasks:contribution duty_helping": _version("part_told", text="已完成。"),
    "tasks:contribution duty_helped": _version("part_begun", text="已完成。"),
    "tasks:contribution_recall": _version("part_told"),
    "tasks:contribution_take": _version("part_told"),
    "tasks:contribution_return": _version("part_told", reason="请补充数据。"),
    "tasks:evidence_add": _paper("evidence"),
    "tasks:answer": _version("report_submitted", answer="已协调。"),
    "tasks:plan_settings": lambda world: {
        **values_of(PlanSettings.of(world["plan"])),
        "due_day": 12,
        "seen": stamp(PlanSettings.of(world["plan"])),
    },
    "tasks:quarters_offer": _just(since="2025Q3"),
    "tasks:quarter_close": _wanting,
    "tasks:quarter_reopen": _just(reason="数据有误"),
    "units:calendar": _days_off,
    "units:invite": _just(**NEWCOMER, unit=_pk("unit")),
    "units:unit_add": _just(name="某某电力公司", kind="enterprise", place="", basis="来函"),
    "units:unit_names": _just(name="某某局", kind="former", valid_until=DAY),
    "units:succession": _just(
        kind="rename", day=DAY, new_name="重庆市能源委", basis="批复", confirm="1"
    ),
    "units:succession_cancel": _just(reason="误登"),
    "units:confirm": lambda world: {"requests": [world["request"].pk]},
    "units:refuse": _just(reason="重复"),
    "units:person_edit": _just(name="新名", post="处长", phone="1", email="a@example.org"),
    "units:person_ask": _just(kind="reset", note="忘记密码"),
    "units:grant": _just(role="liaison", unit=_pk("unit")),
    "tasks:contacts_import": _sheet,
    "tasks:contacts_edit": lambda world: {f"{world['duty'].pk}-leader": "李局长"},
    "tasks:hand_over": _just(successor=_pk("colleague"), starts_on="2026-12-01"),
    "login": _just(username=_user_name, password=PASSWORD),
    "password_change": _just(
        old_password=PASSWORD, new_password1=NEW_PASSWORD, new_password2=NEW_PASSWORD
    ),
    "unlock": _just(name="nobody"),
    "set_language": _just(language="en"),
    "set_theme": _just(theme="dark"),
    "tasks:plan_new": _just(code="new-2026", office=_pk("office"), **HEAD),
    "tasks:plan_edit": _with(
        _seen(PlanHead, "plan"),
        **HEAD,
        tracked_from="2026Q1",
        starts_on="2022-01-01",
        ends_on="2030-12-31",
        reason="勘误",
    ),
    "tasks:plan_copy": _just(code="next-2026", title="下一期", office=_pk("office")),
    "tasks:plan_delete": _seen(PlanHead, "draft_plan"),
    "tasks:plan_side_add": _just(office=_pk("third_office")),
    "tasks:action_new": _just(number=90, **ACTION),
    "tasks:action_edit": _with(_seen(ActionText, "action"), number=90, **ACTION),
    "tasks:action_delete": _seen(ActionText, "bare_action"),
    "tasks:action_move": _just(place=3),
    "tasks:task_new": _task_form,
    "tasks:task_edit": lambda world: {
        **_task_form(world),
        "seen": stamp(TaskText.of(world["task"])),
        "reason": "勘误",
    },
    "tasks:task_delete": _seen(TaskText, "bare_task"),
    "tasks:task_move": _just(place=4),
    "tasks:duties": _just(**NAMES, side=_own_side, take="1"),
    "tasks:duty_new": _just(**DUTY, side=_own_side),
    "tasks:duty_edit": _with(
        _seen(DutyText, "duty"),
        unit="重庆市能源局",
        role="lead",
        written="市能源局",
        note="新",
        side=_own_side,
        reason="勘误",
    ),
    "tasks:duty_delete": _seen(DutyText, "duty"),
    "tasks:duty_delete duty_draft": _seen(DutyText, "duty_draft"),
    "tasks:duty_delete duty_helping": _seen(DutyText, "duty_helping"),
    "tasks:duty_move": _just(place=2),
    "tasks:assign": _just(duty=_pk("duty"), note="请办理", sign_by="2026-12-01"),
    "tasks:sign": _just(duty=_pk("duty_draft")),
    "tasks:observe": _just(**FIGURE, year=2025, version=0),
    "tasks:observation_edit": _with(_version("seen_draft"), **FIGURE, year=2025),
    "tasks:observation_approve": _version("seen_submitted"),
    "tasks:observation_return": _version("seen_submitted", reason="请核对"),
    "tasks:finding_new": _just(**FINDING),
    "tasks:finding_act finding": _version("finding", text="已补齐。"),
    "tasks:finding_act finding_answered": _version("finding_answered", text="已核实。"),
    "tasks:finding_act finding_proposal": _version("finding_proposal", text="属实。", agrees="no"),
    "tasks:samples": _just(jurisdiction="500000", size=1, note="抽查"),
    "tasks:sample_row": _just(result="属实。"),
    "tasks:saved_view_new": _just(page="tasks:overdue", query="kind=expired", name="期满"),
    "tasks:saved_view_rename": _just(name="新名"),
    "tasks:milestones": _just(**LINE),
    "tasks:milestones_decide": lambda world: {
        "action": "confirm",
        "milestone": f"{world['step_proposed'].pk}:{world['step_proposed'].version}",
    },
    "tasks:milestone_claim": _version("step_confirmed", met_on="2026-11-01", result="已建成。"),
    "tasks:milestone_change": _version("step_confirmed", **STEP, reason="资金推迟。"),
    "tasks:milestone_recall": _version("step_proposed"),
    "tasks:milestone_accept": _version("step_claimed"),
    "tasks:milestone_return": _version("step_proposed", reason="请补充。"),
    "tasks:milestone_drop": _version("step_confirmed", reason="不再执行。"),
    "tasks:extension_ask": _just(new_due="2031-06-30", reason="用地未批。"),
    "tasks:extension_grant extension_asked": _version("extension_asked", **GRANT),
    "tasks:extension_grant extension_granted": _version("extension_granted", **GRANT),
    "tasks:extension_refuse": _version("extension_asked", reason="请按期完成。"),
    "tasks:extension_withdraw": _version("extension_asked"),
    "tasks:ending_claim": _just(kind="standing", reason="已建立长效机制。"),
    "tasks:ending_accept ending_claimed": _version("ending_claimed"),
    "tasks:ending_accept ending_accepted": _version("ending_accepted"),
    "tasks:ending_refuse": _version("ending_claimed", reason="请补充验收报告。"),
    "tasks:ending_withdraw": _version("ending_claimed"),
    "tasks:ending_revoke": _version("ending_accepted", reason="复查不合格。"),
    "tasks:assessment": lambda world: {
        f"side-{world['duty'].pk}-{name}": value
        for name, value in (("outcome", "partly"), ("reason", "尚有余项。"), ("version", 0))
    },
    "tasks:report free": _just(**REPORT, version=0),
    "tasks:report duty_draft": _with(_version("report_draft"), **REPORT),
    "tasks:report duty_returned": _with(_version("report_returned"), **REPORT),
    "tasks:report duty_submitted": _with(_version("report_submitted"), **REPORT),
    "tasks:report duty_approved": _with(_version("report_approved"), **REPORT),
    "tasks:brief_note": _just(text="请各单位抓紧。", version=0),
    "tasks:notices": _just(notice="all"),
    "reports:runs": _just(book="quarterly", quarter=QUARTER, paper="A4"),
}
for _state in ("draft", "submitted", "approved", "returned"):
    PAGES[f"tasks:approve report_{_state}"] = _version(f"report_{_state}")
    PAGES[f"tasks:return report_{_state}"] = _version(f"report_{_state}", reason="请补充")
PAGES["tasks:review_many"] = lambda world: {
    "report": f"{world['report_submitted'].pk}:{world['report_submitted'].version}"
}

API: dict[str, Body] = {
    "POST api:progress-approve-many": lambda world: {
        "reports": [
            {"id": world["report_submitted"].pk, "version": world["report_submitted"].version}
        ]
    },
    "POST api:progress-refuse-signature": _just(reason="请核实数据。"),
    "POST api:progress-sign-on-paper": _paper(
        "file", code=lambda world: version_code(world["report_asked"])
    ),
    "POST api:contribution-list": _just(
        responsibility=lambda world: world["duty_aiding"].pk, period=QUARTER, text="已完成。"
    ),
    "PUT api:contribution-detail": _just(text="已完成。", submit=True),
    "POST api:contribution-return": _just(reason="请补充数据。"),
    "PUT api:unit-signing-detail": _just(signs_reports=False),
    "POST api:progress-answer": _just(answer="已协调。"),
    "POST api:evidence-list": _paper("file", owner="report", id=_pk("report_draft")),
    "POST api:period-close": _with(_wanting, side="500000"),
    "POST api:period-reopen": _just(side="500000", reason="数据有误"),
    "PATCH api:plan-settings": _just(due_day=12),
    "POST api:plan-backfill": _just(since="2025Q3"),
    "POST api:calendar-list": _just(
        year=2028,
        source="国办发明电",
        days=[{"day": "2028-01-01", "is_worked": False, "name": "元旦"}],
    ),
    "POST api:token": _just(username=_user_name, password=PASSWORD),
    "POST api:succession-list": _renaming,
    "POST api:succession-foresee": _renaming,
    "POST api:succession-cancel": _just(reason="误登"),
    "POST api:unit-list": _just(name="某某电力公司", kind="enterprise", basis="来函"),
    "POST api:person-request-list": _just(**NEWCOMER, body="重庆市能源局"),
    "POST api:person-request-refuse": _just(reason="重复"),
    "PATCH api:contact-detail": _just(leader="李局长"),
    "POST api:plan-list": _just(code="new-2026", office="重庆市双碳办", **HEAD),
    "PATCH api:plan-detail": _just(short_title="新简称"),
    "POST api:plan-copy": _just(code="next-2026", title="下一期", office="重庆市双碳办"),
    "POST api:plan-sides": _just(office=lambda world: world["third_office"].name),
    "POST api:plan-remove-side": _just(side="500000"),
    "POST api:action-list": _just(plan="joint-2022", **ACTION),
    "PATCH api:action-detail": _just(**ACTION),
    "POST api:action-move": _just(place=3),
    "POST api:task-list": _just(plan="joint-2022", action=_action_number, **TASK),
    "PATCH api:task-detail": _just(title="改题", reason="勘误"),
    "POST api:task-move": _just(place=4),
    "POST api:responsibility-list": _just(task=_pk("task"), side="500000", **DUTY),
    "PATCH api:responsibility-detail": _just(note="新备注"),
    "POST api:responsibility-move": _just(place=2),
    "POST api:responsibility-names": _just(task=_pk("task"), side="500000", take=True, **NAMES),
    "POST api:assignment-list": _just(
        responsibilities=lambda world: [world["duty"].pk], note="请办理", sign_by="2026-12-01"
    ),
    "POST api:assignment-sign-all": lambda world: {"assignments": [world["unsigned"].pk]},
    "POST api:progress-list": _just(task=_pk("task"), side="500000", period=QUARTER, **REPORT),
    "PUT api:progress-detail": _just(**REPORT),
    "PATCH api:progress-detail": _just(percent=61),
    "POST api:progress-return": _just(reason="请补充"),
    "POST api:finding-list": _just(**FINDING, responsibility=_pk("duty")),
    "POST api:progress-check-first": _just(
        task=_pk("task"), side="500000", period=QUARTER, **REPORT
    ),
    "POST api:progress-add-files": _paper("evidence"),
    "POST api:milestone-decide": lambda world: {
        "decision": "confirm",
        "milestones": [
            {"id": world["step_proposed"].pk, "version": world["step_proposed"].version}
        ],
    },
    "POST api:sample-list": _just(jurisdiction="500000", size=1, note="抽查"),
    "POST api:sample-check": _just(result="属实。"),
    "POST api:finding-act": _just(kind="answer", text="已补齐。"),
    "POST api:milestone-list": _just(responsibility=_pk("duty"), **STEP),
    "PATCH api:milestone-detail": _just(title="新内容"),
    "POST api:milestone-propose": _just(responsibility=_pk("duty_steps")),
    "POST api:milestone-change": _just(**STEP, reason="资金推迟。"),
    "POST api:milestone-claim": _just(met_on="2026-11-01", result="已建成。"),
    "POST api:milestone-return": _just(reason="请补充。"),
    "POST api:milestone-drop": _just(reason="不再执行。"),
    "POST api:extension-list": _just(
        responsibility=_pk("duty"), new_due="2031-06-30", reason="用地未批。"
    ),
    "POST api:extension-grant": _just(**GRANT),
    "POST api:extension-refuse": _just(reason="请按期完成。"),
    "POST api:ending-list": _just(
        responsibility=_pk("duty"), kind="standing", reason="已建立长效机制。"
    ),
    "POST api:ending-accept": _just(reason="同意。"),
    "POST api:ending-refuse": _just(reason="请补充验收报告。"),
    "POST api:ending-revoke": _just(reason="复查不合格。"),
    "PUT api:assessment-detail": _just(outcome="partly", reason="尚有余项。"),
    "POST api:observation-list": _just(target=_pk("target"), period="2025", **FIGURE),
    "PATCH api:observation-detail": _just(note="新备注"),
    "POST api:observation-submit": _just(confirmed=True),
    "POST api:observation-return": _just(reason="请核对"),
    "PUT api:brief": _just(text="请各单位抓紧。"),
    "POST api:report-run-list": _just(book="quarterly", period=QUARTER, plan="joint-2022"),
}


def body_of(method: str, name: str, words: tuple[str, ...], world: World) -> dict[str, Any]:
    """What is sent; nothing where the door asks for nothing."""
    first = words[0] if words else ""
    for key in (f"{name} {first}", name):
        if (found := PAGES.get(key)) and method == "POST":
            return found(world)
    found = API.get(f"{method} {name}")
    return found(world) if found else {}
