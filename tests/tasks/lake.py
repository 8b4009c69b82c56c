"""A made-up plan of another place, in one file, and the command that loads it."""

from io import StringIO
from pathlib import Path

from django.core.management import call_command

NEW_PLAN = """
documents:
  - {code: lake-plan, kind: plan, title: 湖滨区绿色行动方案, issuers: [湖滨区人民政府]}
jurisdictions:
  - {code: '990101', name: 湖滨区, level: county, parent: '990000'}
  - {code: 990000, name: 某某市, level: province}
document: lake-plan
units:
  - name: 湖滨区水务局
    jurisdiction: '990101'
    names: [{name: 区水务局, kind: short}]
  - {name: 湖滨区财政局, jurisdiction: '990101'}
  - {name: 某某市交通局, jurisdiction: '990000'}
offices:
  - {name: 湖滨区双碳办, jurisdiction: '990101', host_unit: 区水务局}
plan:
  code: lake-2026
  title: 湖滨区绿色行动方案
  document: lake-plan
  status: issued
  starts_on: 2026-01-01
  ends_on: 2027-12-31
  jurisdiction: '990101'
  sides: [{jurisdiction: '990101', office: 湖滨区双碳办}]
actions:
  - number: 1
    title: 治水行动
    tasks:
      - number: 1
        title: 修复湖岸
        due_on: 2026-12-31
        responsibilities:
          - {unit: 区水务局, role: lead}
          - {unit: 区财政局, role: cooperating}
          - {unit: 市交通局, role: cooperating}
      - number: 2
        title: 建设湿地
        responsibilities: [{unit: 湖滨区水务局, role: lead}]
  - number: 2
    title: 节能行动
    tasks:
      - number: 3
        title: 改造路灯
        responsibilities: [{unit: 财政局, role: lead}]
targets:
  - {indicator: 湿地面积, measure: 公顷, kind: quantified, operator: between,
     value: 2, value_max: 2.5, task: 2}
"""


def load(*paths: Path) -> str:
    out = StringIO()
    call_command("load_plans", *map(str, paths), stdout=out)
    return out.getvalue()
