"""What is sent through each door that changes something: what would succeed for the right person.

By method, door and, where it matters, the first word of the address.
"""

from typing import Any

from tasks.services.duties import DutyText
from tasks.services.editing import stamp, values_of
from tasks.services.plan_edit import PlanHead
from tasks.services.plan_settings import PlanSettings
from tasks.services.plan_texts import ActionText, TaskText
from tests.doors.bodies_api import API
from tests.doors.sent import (
    ACTION,
    DAY,
    DUTY,
    FIGURE,
    FINDING,
    GRANT,
    HEAD,
    LINE,
    NAMES,
    NEW_PASSWORD,
    NEWCOMER,
    QUERIES,
    REPORT,
    STEP,
    Body,
    also,
    coordinators,
    days_off,
    form_file,
    just,
    late_subject,
    own_side,
    paper,
    pk,
    preview_seen,
    reminders,
    seen,
    sheet,
    sign_step,
    task_form,
    user_name,
    version,
    wanting,
)
from tests.doors.world import QUARTER, World
from tests.factories import PASSWORD

__all__ = ["API", "PAGES", "QUERIES", "body_of"]

PAGES: dict[str, Body] = {
    "tasks:channels": just(email=""),
    "tasks:robots": just(
        office=pk("office"), kind="wecom", name="二群", url="https://robot.example.org/send?key=2"
    ),
    "deliveries_resend": lambda world: {
        "digest": [world["dead_mail"].pk],
        "book": [world["book_mail"].pk],
    },
    "tasks:signing_act report_asked": sign_step("report_asked"),
    "tasks:signing_act report_signed": sign_step("report_signed"),
    "tasks:unit_signing": just(value="off"),
    "tasks:proxy": just(**REPORT, version=0, reason="该单位暂无填报人。"),
    "tasks:contribution duty_helping": version("part_told", text="已完成。"),
    "tasks:contribution duty_helped": version("part_begun", text="已完成。"),
    "tasks:contribution_recall": version("part_told"),
    "tasks:contribution_take": version("part_told"),
    "tasks:contribution_return": version("part_told", reason="请补充数据。"),
    "tasks:evidence_add": paper("evidence"),
    "tasks:urge_new": just(row=late_subject, line="请抓紧办理。", answer_by="2026-11-30"),
    "tasks:call_new": just(row=late_subject, line="已告知。"),
    "tasks:urge_sign": just(answer="本周办结。"),
    "tasks:answer": version("report_submitted", answer="已协调。"),
    "tasks:plan_settings": lambda world: {
        **values_of(PlanSettings.of(world["plan"])),
        "due_day": 12,
        "seen": stamp(PlanSettings.of(world["plan"])),
    },
    "tasks:plan_reminders": reminders,
    "tasks:quarters_offer": just(since="2025Q3"),
    "tasks:quarter_close": wanting,
    "tasks:quarter_reopen": just(reason="数据有误"),
    "reports:forms": form_file("sent"),
    "reports:upload_apply upload": also(preview_seen("upload", "officer"), confirmed="on"),
    "reports:upload_apply upload_office": also(
        preview_seen("upload_office", "coord"), confirmed="on", reason="该单位来函委托。"
    ),
    "units:calendar": days_off,
    "units:invite": just(**NEWCOMER, unit=pk("unit")),
    "units:unit_add": just(name="某某电力公司", kind="enterprise", place="", basis="来函"),
    "units:deputies": just(
        person=pk("colleague"), deputy=pk("person"), since="2026-12-01", until="2026-12-05"
    ),
    "units:unit_names": just(name="某某局", kind="former", valid_until=DAY),
    "units:succession": just(
        kind="rename", day=DAY, new_name="重庆市能源委", basis="批复", confirm="1"
    ),
    "units:succession_cancel": just(reason="误登"),
    "units:confirm": lambda world: {"requests": [world["request"].pk]},
    "units:refuse": just(reason="重复"),
    "units:person_edit": just(name="新名", post="处长", phone="1", email="a@example.org"),
    "units:person_ask": just(kind="reset", note="忘记密码"),
    "units:grant": just(role="liaison", unit=pk("unit")),
    "tasks:contacts_import": sheet,
    "tasks:contacts_edit": lambda world: {f"{world['duty'].pk}-leader": "李局长"},
    "tasks:hand_over": just(successor=pk("colleague"), starts_on="2026-12-01"),
    "login": just(username=user_name, password=PASSWORD),
    "password_change": just(
        old_password=PASSWORD, new_password1=NEW_PASSWORD, new_password2=NEW_PASSWORD
    ),
    "unlock": just(name="nobody"),
    "set_language": just(language="en"),
    "set_theme": just(theme="dark"),
    "tasks:plan_new": just(code="new-2026", office=pk("office"), **HEAD),
    "tasks:plan_edit": also(
        seen(PlanHead, "plan"),
        **HEAD,
        tracked_from="2026Q1",
        starts_on="2022-01-01",
        ends_on="2030-12-31",
        reason="勘误",
    ),
    "tasks:plan_copy": just(code="next-2026", title="下一期", office=pk("office")),
    "tasks:plan_delete": seen(PlanHead, "draft_plan"),
    "tasks:plan_side_add": just(office=pk("third_office")),
    "tasks:action_new": just(number=90, **ACTION),
    "tasks:action_edit": also(seen(ActionText, "action"), number=90, **ACTION),
    "tasks:action_delete": seen(ActionText, "bare_action"),
    "tasks:action_move": just(place=3),
    "tasks:task_new": task_form,
    "tasks:task_edit": lambda world: {
        **task_form(world),
        "seen": stamp(TaskText.of(world["task"])),
        "reason": "勘误",
    },
    "tasks:task_delete": seen(TaskText, "bare_task"),
    "tasks:task_move": just(place=4),
    "tasks:duties": just(**NAMES, side=own_side, take="1"),
    "tasks:duty_new": just(**DUTY, side=own_side),
    "tasks:duty_edit": also(
        seen(DutyText, "duty"),
        unit="重庆市能源局",
        role="lead",
        written="市能源局",
        note="新",
        side=own_side,
        reason="勘误",
    ),
    "tasks:duty_delete": seen(DutyText, "duty"),
    "tasks:duty_delete duty_draft": seen(DutyText, "duty_draft"),
    "tasks:duty_delete duty_helping": seen(DutyText, "duty_helping"),
    "tasks:duty_move": just(place=2),
    "tasks:assign": just(duty=pk("duty"), note="请办理", sign_by="2026-12-01"),
    "tasks:sign": just(duty=pk("duty_draft")),
    "tasks:observe": just(**FIGURE, year=2025, version=0),
    "tasks:observation_edit": also(version("seen_draft"), **FIGURE, year=2025),
    "tasks:observation_approve": version("seen_submitted"),
    "tasks:observation_return": version("seen_submitted", reason="请核对"),
    "tasks:finding_new": just(**FINDING),
    "tasks:finding_act finding": version("finding", text="已补齐。"),
    "tasks:finding_act finding_answered": version("finding_answered", text="已核实。"),
    "tasks:finding_act finding_proposal": version("finding_proposal", text="属实。", agrees="no"),
    "tasks:samples": just(jurisdiction="500000", size=1, note="抽查"),
    "tasks:sample_row": just(result="属实。"),
    "tasks:saved_view_new": just(page="tasks:overdue", query="kind=expired", name="期满"),
    "units:columns": just(page="tasks:list", query="light=overdue", column=["title", "state"]),
    "tasks:saved_view_rename": just(name="新名"),
    "tasks:milestones": just(**LINE),
    "tasks:milestones_decide": lambda world: {
        "action": "confirm",
        "milestone": f"{world['step_proposed'].pk}:{world['step_proposed'].version}",
    },
    "tasks:milestone_claim": version("step_confirmed", met_on="2026-11-01", result="已建成。"),
    "tasks:milestone_change": version("step_confirmed", **STEP, reason="资金推迟。"),
    "tasks:milestone_recall": version("step_proposed"),
    "tasks:milestone_accept": version("step_claimed"),
    "tasks:milestone_return": version("step_proposed", reason="请补充。"),
    "tasks:milestone_drop": version("step_confirmed", reason="不再执行。"),
    "tasks:extension_ask": just(new_due="2031-06-30", reason="用地未批。"),
    "tasks:extension_grant extension_asked": version("extension_asked", **GRANT),
    "tasks:extension_grant extension_granted": version("extension_granted", **GRANT),
    "tasks:extension_refuse": version("extension_asked", reason="请按期完成。"),
    "tasks:extension_withdraw": version("extension_asked"),
    "tasks:ending_claim": just(kind="standing", reason="已建立长效机制。"),
    "tasks:ending_accept ending_claimed": version("ending_claimed"),
    "tasks:ending_accept ending_accepted": version("ending_accepted"),
    "tasks:ending_refuse": version("ending_claimed", reason="请补充验收报告。"),
    "tasks:ending_withdraw": version("ending_claimed"),
    "tasks:ending_revoke": version("ending_accepted", reason="复查不合格。"),
    "tasks:assessment": lambda world: {
        f"side-{world['duty'].pk}-{name}": value
        for name, value in (("outcome", "partly"), ("reason", "尚有余项。"), ("version", 0))
    },
    "tasks:report free": just(**REPORT, version=0),
    "tasks:report duty_draft": also(version("report_draft"), **REPORT),
    "tasks:report duty_returned": also(version("report_returned"), **REPORT),
    "tasks:report duty_submitted": also(version("report_submitted"), **REPORT),
    "tasks:report duty_approved": also(version("report_approved"), **REPORT),
    "tasks:brief_note": just(text="请各单位抓紧。", version=0),
    "tasks:notices": just(notice="all"),
    "reports:schedule_new": just(
        book="quarterly", plan=pk("plan"), every="month", day=5, paper="A4", recipients=coordinators
    ),
    "reports:schedule_edit": also(
        version("schedule"), every="month", day=7, paper="A4", recipients=coordinators
    ),
    "reports:schedule_switch": just(on="0"),
    "reports:runs": just(book="quarterly", quarter=QUARTER, paper="A4"),
}
for _state in ("draft", "submitted", "approved", "returned"):
    PAGES[f"tasks:approve report_{_state}"] = version(f"report_{_state}")
    PAGES[f"tasks:return report_{_state}"] = version(f"report_{_state}", reason="请补充")
PAGES["tasks:review_many"] = lambda world: {
    "report": f"{world['report_submitted'].pk}:{world['report_submitted'].version}"
}


def body_of(method: str, name: str, words: tuple[str, ...], world: World) -> dict[str, Any]:
    """What is sent; nothing where the door asks for nothing."""
    first = words[0] if words else ""
    for key in (f"{name} {first}", name):
        if (found := PAGES.get(key)) and method == "POST":
            return found(world)
    found = API.get(f"{method} {name}")
    return found(world) if found else {}
