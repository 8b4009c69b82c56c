"""What is sent through each door of the API that changes something."""

from tasks.services.signing_rules import version_code
from tests.doors.sent import (
    ACTION,
    DUTY,
    FIGURE,
    FINDING,
    GRANT,
    HEAD,
    NAMES,
    NEWCOMER,
    REPORT,
    STEP,
    TASK,
    Body,
    action_number,
    also,
    form_file,
    just,
    late_subject,
    paper,
    pk,
    renaming,
    user_name,
    wanting,
)
from tests.doors.world import QUARTER
from tests.factories import PASSWORD

API: dict[str, Body] = {
    "PUT api:own-channels": just(email=False),
    "POST api:robot-list": just(
        office=pk("office"), kind="wecom", name="二群", url="https://robot.example.org/send?key=2"
    ),
    "POST api:progress-approve-many": lambda world: {
        "reports": [
            {"id": world["report_submitted"].pk, "version": world["report_submitted"].version}
        ]
    },
    "POST api:urge-list": just(subjects=lambda world: [late_subject(world)], line="请抓紧。"),
    "POST api:urge-preview": just(units=lambda world: [world["unit"].pk]),
    "POST api:urge-sign": just(answer="本周办结。"),
    "POST api:phone-call-list": just(subjects=lambda world: [late_subject(world)], line="已告知。"),
    "POST api:progress-refuse-signature": just(reason="请核实数据。"),
    "POST api:progress-sign-on-paper": paper(
        "file", code=lambda world: version_code(world["report_asked"])
    ),
    "POST api:contribution-list": just(
        responsibility=lambda world: world["duty_aiding"].pk, period=QUARTER, text="已完成。"
    ),
    "PUT api:contribution-detail": just(text="已完成。", submit=True),
    "POST api:contribution-return": just(reason="请补充数据。"),
    "PUT api:unit-signing-detail": just(signs_reports=False),
    "POST api:progress-answer": just(answer="已协调。"),
    "POST api:evidence-list": paper("file", owner="report", id=pk("report_draft")),
    "POST api:period-close": also(wanting, side="500000"),
    "POST api:period-reopen": just(side="500000", reason="数据有误"),
    "PATCH api:plan-settings": just(due_day=12),
    "PATCH api:plan-reminders": just(rules={"task_due": {"on": False}}),
    "POST api:deputy-list": just(
        unit=pk("unit"),
        person=lambda world: world["colleague"].username,
        deputy=lambda world: world["person"].username,
        since="2026-12-01",
        until="2026-12-05",
    ),
    "POST api:plan-backfill": just(since="2025Q3"),
    "POST api:calendar-list": just(
        year=2028,
        source="国办发明电",
        days=[{"day": "2028-01-01", "is_worked": False, "name": "元旦"}],
    ),
    "POST api:token": just(username=user_name, password=PASSWORD),
    "POST api:succession-list": renaming,
    "POST api:succession-foresee": renaming,
    "POST api:succession-cancel": just(reason="误登"),
    "POST api:unit-list": just(name="某某电力公司", kind="enterprise", basis="来函"),
    "POST api:person-request-list": just(**NEWCOMER, body="重庆市能源局"),
    "POST api:person-request-refuse": just(reason="重复"),
    "PATCH api:contact-detail": just(leader="李局长"),
    "POST api:plan-list": just(code="new-2026", office="重庆市双碳办", **HEAD),
    "PATCH api:plan-detail": just(short_title="新简称"),
    "POST api:plan-copy": just(code="next-2026", title="下一期", office="重庆市双碳办"),
    "POST api:plan-sides": just(office=lambda world: world["third_office"].name),
    "POST api:plan-remove-side": just(side="500000"),
    "POST api:action-list": just(plan="joint-2022", **ACTION),
    "PATCH api:action-detail": just(**ACTION),
    "POST api:action-move": just(place=3),
    "POST api:task-list": just(plan="joint-2022", action=action_number, **TASK),
    "PATCH api:task-detail": just(title="改题", reason="勘误"),
    "POST api:task-move": just(place=4),
    "POST api:responsibility-list": just(task=pk("task"), side="500000", **DUTY),
    "PATCH api:responsibility-detail": just(note="新备注"),
    "POST api:responsibility-move": just(place=2),
    "POST api:responsibility-names": just(task=pk("task"), side="500000", take=True, **NAMES),
    "POST api:assignment-list": just(
        responsibilities=lambda world: [world["duty"].pk], note="请办理", sign_by="2026-12-01"
    ),
    "POST api:assignment-sign-all": lambda world: {"assignments": [world["unsigned"].pk]},
    "POST api:progress-list": just(task=pk("task"), side="500000", period=QUARTER, **REPORT),
    "PUT api:progress-detail": just(**REPORT),
    "PATCH api:progress-detail": just(percent=61),
    "POST api:progress-return": just(reason="请补充"),
    "POST api:finding-list": just(**FINDING, responsibility=pk("duty")),
    "POST api:progress-check-first": just(task=pk("task"), side="500000", period=QUARTER, **REPORT),
    "POST api:progress-add-files": paper("evidence"),
    "POST api:milestone-decide": lambda world: {
        "decision": "confirm",
        "milestones": [
            {"id": world["step_proposed"].pk, "version": world["step_proposed"].version}
        ],
    },
    "POST api:sample-list": just(jurisdiction="500000", size=1, note="抽查"),
    "POST api:sample-check": just(result="属实。"),
    "POST api:finding-act": just(kind="answer", text="已补齐。"),
    "POST api:milestone-list": just(responsibility=pk("duty"), **STEP),
    "PATCH api:milestone-detail": just(title="新内容"),
    "POST api:milestone-propose": just(responsibility=pk("duty_steps")),
    "POST api:milestone-change": just(**STEP, reason="资金推迟。"),
    "POST api:milestone-claim": just(met_on="2026-11-01", result="已建成。"),
    "POST api:milestone-return": just(reason="请补充。"),
    "POST api:milestone-drop": just(reason="不再执行。"),
    "POST api:extension-list": just(
        responsibility=pk("duty"), new_due="2031-06-30", reason="用地未批。"
    ),
    "POST api:extension-grant": just(**GRANT),
    "POST api:extension-refuse": just(reason="请按期完成。"),
    "POST api:ending-list": just(
        responsibility=pk("duty"), kind="standing", reason="已建立长效机制。"
    ),
    "POST api:ending-accept": just(reason="同意。"),
    "POST api:ending-refuse": just(reason="请补充验收报告。"),
    "POST api:ending-revoke": just(reason="复查不合格。"),
    "PUT api:assessment-detail": just(outcome="partly", reason="尚有余项。"),
    "POST api:observation-list": just(target=pk("target"), period="2025", **FIGURE),
    "PATCH api:observation-detail": just(note="新备注"),
    "POST api:observation-submit": just(confirmed=True),
    "POST api:observation-return": just(reason="请核对"),
    "PUT api:brief": just(text="请各单位抓紧。"),
    "POST api:upload-list": form_file("files"),
    "POST api:upload-apply-batch": lambda world: {"batch": world.words["batch"]},
    "POST api:upload-apply": just(confirmed=True, reason="该单位来函委托。"),
    "POST api:report-schedule-list": just(
        book="quarterly",
        plan="joint-2022",
        every="month",
        day=5,
        recipients=lambda world: [world.people["coord"].username],
    ),
    "PATCH api:report-schedule-detail": just(day=7),
    "POST api:report-run-list": just(book="quarterly", period=QUARTER, plan="joint-2022"),
}
