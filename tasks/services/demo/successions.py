"""The regulators that were renamed in 2023, entered late: docs/units-in-time.md."""

import datetime

from tracker.lib.workdays import SHANGHAI
from units.models import Succession, Unit
from units.services import succession
from units.states import SuccessionKind

BASIS = "党和国家机构改革方案（2023年）"
RENAMED = {
    "重庆银保监局": "国家金融监督管理总局重庆监管局",
    "四川银保监局": "国家金融监督管理总局四川监管局",
}
DAY = datetime.date(2023, 7, 20)


def rename_all(today: datetime.date) -> int:
    """Rename them; says how many there were."""
    now = datetime.datetime.combine(today, datetime.time(9), SHANGHAI)
    units = Unit.objects.in_bulk(RENAMED, field_name="name")
    for name in sorted(units):
        row = Succession.objects.create(
            kind=SuccessionKind.RENAME,
            day=DAY,
            new_name=RENAMED[name],
            basis=BASIS,
            entered_at=now,
        )
        row.old.add(units[name])
        row.new.add(units[name])
        succession.carry_out(row, by=None, now=now)
    return len(units)
