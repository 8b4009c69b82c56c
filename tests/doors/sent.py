"""What bodies are made of: values of the world, asked for when a door is tried."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from reports.services.upload_preview import comparison_of, digest_of
from tasks.forms.reminders import RemindersForm
from tasks.services import closing
from tasks.services.editing import stamp
from tasks.services.signing_rules import version_code
from tests.doors.world import World
from tests.factories import TODAY

Body = Callable[[World], dict[str, Any]]
QUERIES = {"api:search": "?q=任务"}  # what an address cannot do without
NEW_PASSWORD = "Niu-bi-Plan-2026"
DAY = "2026-12-31"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(17) + b"\x00\x00\x00\x00IEND\xaeB`\x82"


def seen(kind: Any, word: str) -> Body:
    return lambda world: {"seen": stamp(kind.of(world[word]))}


def version(word: str, **more: Any) -> Body:
    return lambda world: {"version": world[word].version, **more}


def pk(word: str) -> Callable[[World], int]:
    return lambda world: int(world[word].pk)


def also(base: Body, **more: Any) -> Body:
    """More values; callables are asked with the world."""
    return lambda world: {
        **base(world),
        **{name: value(world) if callable(value) else value for name, value in more.items()},
    }


def just(**values: Any) -> Body:
    return also(lambda world: {}, **values)


def late_subject(world: World) -> str:
    """The key of a side of the own unit that is past its date."""
    return f"task/{world['late'].pk}"


def user_name(world: World) -> str:
    return world.people["officer"].username


def coordinators(world: World) -> list[int]:
    """Who may see all of the own office's books."""
    return [world.people["coord"].pk]


def renaming(world: World) -> dict[str, Any]:
    told = {"kind": "rename", "day": DAY, "new_name": "重庆市能源委", "basis": "批复"}
    return {"old": [world["unit"].pk], **told}


def sheet(world: World) -> dict[str, Any]:
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


def action_number(world: World) -> int:
    return int(world["action"].number)


def task_form(world: World) -> dict[str, Any]:
    return {"number": 90, "action": world["action"].pk, **TASK}


def own_side(world: World) -> int:
    return int(world["unit"].jurisdiction.pk)


def wanting(world: World) -> dict[str, Any]:
    """How much is wanting of the own side, as its page says."""
    standing = closing.standing_of(world["period"])[0]
    return dict(zip(("missing", "returned", "unreviewed"), standing.counts, strict=True))


def days_off(world: World) -> dict[str, Any]:
    text = "日期,类型,名称\n2028-01-01,休,元旦\n"
    return {"source": "国办发明电", "file": SimpleUploadedFile("2028.csv", text.encode())}


def form_file(field: str) -> Body:
    """A filled-in form; what it says is read later."""
    return lambda world: {field: SimpleUploadedFile("回填表.xlsx", b"PK\x03\x04")}


def preview_seen(word: str, who: str) -> Body:
    """What the person's preview of a form that was sent in shows."""
    return lambda world: {
        "seen": digest_of(comparison_of(world[word], by=world.people[who], today=TODAY))
    }


def paper(field: str, **more: Any) -> Body:
    """A file to put with a report."""
    return lambda world: {
        field: SimpleUploadedFile("验收.png", PNG),
        **{name: value(world) if callable(value) else value for name, value in more.items()},
    }


def sign_step(word: str) -> Body:
    """What any step of the way to a signature asks for; a form takes its own."""
    return lambda world: {
        "version": world[word].version,
        "reason": "请核实数据。",
        "code": version_code(world[word]),
        "evidence": SimpleUploadedFile("审签单.png", PNG),
    }


def reminders(world: World) -> dict[str, Any]:
    """The whole form of a plan's reminders as it stands, with one rule switched off."""
    form = RemindersForm.of(world["plan"])
    values = {bound.html_name: bound.value() for bound in form}
    off = {name for name, value in values.items() if value is False} | {"task_due-on"}
    return {name: value for name, value in values.items() if name not in off}
