"""What a sheet of people would write as contacts of the duties, said as old and new."""

from collections import Counter, defaultdict
from dataclasses import asdict, replace

from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Responsibility
from tasks.services import contacts
from tasks.services.contacts import FIELDS, Called
from tasks.services.roster_lines import Preview, Row
from tracker.lib.text import listed
from units.models import User
from units.states import Role

# Only these lines say whom to call: who files a report need not be the unit's contact.
CALLED = (None, Role.LIAISON)


def plan(found: Preview, by: User) -> None:
    """The same contact for all duties of a unit that the office may write."""
    lines: dict[int, list[Row]] = defaultdict(list)
    for row in found.rows:
        if row.unit is not None and not row.is_wrong:
            lines[row.unit.pk].append(row)
    duties = policy.scope(by, "contact.edit").filter(unit__in=lines).order_by("pk")
    by_unit: dict[int, list[Responsibility]] = defaultdict(list)
    for duty in duties:
        by_unit[duty.unit_id].append(duty)
    for unit, rows in lines.items():
        liaison = _liaison(rows)
        given = _contact_of(rows, liaison)
        changes: Counter[tuple[str, str, str]] = Counter()
        for duty in by_unit[unit]:
            now = contacts.called_of(duty)
            then = replace(now, **{name: text for name, text in given.items() if text})
            if then != now:
                found.written[duty.pk] = then
                changes.update(_differences(now, then))
        if changes and not rows[0].is_wrong:
            (liaison or rows[0]).changes(_said(changes))


def _differences(now: Called, then: Called) -> list[tuple[str, str, str]]:
    before, after = asdict(now), asdict(then)
    return [(name, before[name], after[name]) for name in FIELDS if before[name] != after[name]]


def _label(name: str) -> str:
    return str(getattr(Responsibility._meta.get_field(name), "verbose_name", name))


def _said(changes: Counter[tuple[str, str, str]]) -> list[str]:
    """联络员：张三 → 李四（5项责任）, a line for each change."""
    sentence = _("%(label)s：%(old)s → %(new)s（%(n)d项责任）")
    return [
        sentence
        % {
            "label": _label(name),
            "old": old or _("（空）"),
            "new": new,
            "n": number,
        }
        for (name, old, new), number in changes.items()
    ]


def _liaison(rows: "list[Row]") -> "Row | None":
    """The line of the unit's contact: that of a 联络员 before one without a role."""
    named = [row for row in rows if row.entry.name and row.role in CALLED]
    first = named[0] if named else None
    return next((row for row in named if row.role == Role.LIAISON), first)


def _contact_of(rows: "list[Row]", liaison: "Row | None") -> dict[str, str]:
    """From the lines of one unit; two leaders or two divisions contradict each other."""
    given = {}
    for name in ("leader", "division"):
        texts = list(dict.fromkeys(filter(None, (getattr(row.entry, name) for row in rows))))
        if len(texts) > 1:
            rows[-1].wrong(
                _("同一单位写了不同的内容（%(texts)s）：请改为一致，或上传后逐项任务填写。")
                % {"texts": listed(texts)}
            )
        given[name] = texts[0] if texts else ""
    given["liaison"] = liaison.entry.name if liaison else ""
    given["phone"] = liaison.entry.phone if liaison else ""
    return {name: given[name] for name in FIELDS}
