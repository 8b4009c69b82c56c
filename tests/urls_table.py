"""Every address of the project, and what each person gets there by GET.

A new address is entered here, or the suite fails. The second column says with what the address
is made; the words are those of `tests/api/test_every_url.py`. The lead is 重庆市能源局, which has
a submitted report; the other lead is 四川省能源局; the coordinator and the auditor are 重庆市's.
"""

from dataclasses import dataclass

PEOPLE = ("anonymous", "lead", "other_lead", "coordinator", "auditor")
PUBLIC = {"login", "password_link", "set_language", "set_theme", "healthz", "api:token"}

# name                    | made with        | nobody | lead | other lead | coordinator | auditor
ROWS = """
home                      |                  | 302 | 200 | 200 | 200 | 200
units:people              |                  | 302 | 200 | 200 | 200 | 200
units:invite              |                  | 302 | 404 | 404 | 200 | 404
units:requests            |                  | 302 | 200 | 200 | 200 | 200
units:confirm             |                  | 302 | 405 | 405 | 405 | 405
units:refuse              | request          | 302 | 405 | 405 | 405 | 405
units:withdraw            | request          | 302 | 405 | 405 | 405 | 405
units:end_post            | post             | 302 | 405 | 405 | 405 | 405
units:person              | person           | 302 | 200 | 404 | 200 | 404
units:person_edit         | person           | 302 | 200 | 404 | 404 | 404
units:person_ask          | person           | 302 | 405 | 405 | 405 | 405
units:grant               | person           | 302 | 405 | 405 | 405 | 405
units:act                 | person reset     | 302 | 405 | 405 | 405 | 405
units:desk                |                  | 302 | 404 | 404 | 404 | 404
units:audit               |                  | 302 | 404 | 404 | 404 | 404
tasks:units               |                  | 302 | 200 | 200 | 200 | 200
tasks:unit                | unit             | 302 | 200 | 200 | 200 | 200
tasks:contacts            |                  | 302 | 200 | 200 | 200 | 200
tasks:contacts_import     |                  | 302 | 404 | 404 | 200 | 404
tasks:contacts_edit       | own_unit         | 302 | 200 | 404 | 200 | 404
tasks:hand_over           | post             | 302 | 200 | 404 | 200 | 404
login                     |                  | 200 | 302 | 302 | 302 | 302
logout                    |                  | 302 | 405 | 405 | 405 | 405
password_change           |                  | 302 | 200 | 200 | 200 | 200
password_link             | uid token        | 200 | 200 | 200 | 200 | 200
second_factor             |                  | 302 | 404 | 404 | 404 | 404
second_factor_set_up      |                  | 302 | 404 | 404 | 404 | 404
locks                     |                  | 302 | 404 | 404 | 404 | 404
unlock                    |                  | 302 | 405 | 405 | 405 | 405
set_language              |                  | 405 | 405 | 405 | 405 | 405
set_theme                 |                  | 405 | 405 | 405 | 405 | 405
healthz                   |                  | 503 | 503 | 503 | 503 | 503
tasks:list                |                  | 302 | 200 | 200 | 200 | 200
tasks:detail              | task             | 302 | 200 | 200 | 200 | 200
tasks:overdue             |                  | 302 | 200 | 200 | 200 | 200
tasks:matrix              |                  | 302 | 200 | 200 | 200 | 200
tasks:brief               |                  | 302 | 404 | 404 | 200 | 200
tasks:brief_note          |                  | 302 | 405 | 405 | 405 | 405
tasks:brief_word          |                  | 302 | 404 | 404 | 200 | 200
tasks:board               |                  | 302 | 200 | 200 | 200 | 200
tasks:board_wall          |                  | 302 | 405 | 405 | 405 | 405
tasks:search              |                  | 302 | 200 | 200 | 200 | 200
tasks:plans               |                  | 302 | 200 | 200 | 200 | 200
tasks:plan                | plan             | 302 | 200 | 200 | 200 | 200
tasks:plan_new            |                  | 302 | 403 | 403 | 200 | 403
tasks:plan_manage         | plan             | 302 | 404 | 404 | 200 | 404
tasks:plan_edit           | plan             | 302 | 404 | 404 | 200 | 404
tasks:plan_copy           | plan             | 302 | 403 | 403 | 200 | 403
tasks:plan_publish        | plan             | 302 | 404 | 404 | 200 | 404
tasks:plan_delete         | plan             | 302 | 404 | 404 | 200 | 404
tasks:plan_side_add       | plan             | 302 | 405 | 405 | 405 | 405
tasks:plan_side_remove    | plan side        | 302 | 405 | 405 | 405 | 405
tasks:action_new          | plan             | 302 | 404 | 404 | 200 | 404
tasks:task_new            | plan             | 302 | 404 | 404 | 200 | 404
tasks:action_edit         | action           | 302 | 404 | 404 | 200 | 404
tasks:action_delete       | action           | 302 | 404 | 404 | 200 | 404
tasks:action_move         | action           | 302 | 405 | 405 | 405 | 405
tasks:task_edit           | task             | 302 | 404 | 404 | 200 | 404
tasks:task_delete         | task             | 302 | 404 | 404 | 200 | 404
tasks:task_move           | task             | 302 | 405 | 405 | 405 | 405
tasks:duties              | task             | 302 | 404 | 404 | 200 | 404
tasks:duty_new            | task             | 302 | 404 | 404 | 200 | 404
tasks:duty_edit           | duty             | 302 | 404 | 404 | 200 | 404
tasks:duty_delete         | duty             | 302 | 404 | 404 | 200 | 404
tasks:duty_move           | duty             | 302 | 405 | 405 | 405 | 405
tasks:assignments         |                  | 302 | 200 | 200 | 200 | 200
tasks:assign              |                  | 302 | 405 | 405 | 405 | 405
tasks:sign                |                  | 302 | 405 | 405 | 405 | 405
tasks:withdraw            | assignment       | 302 | 405 | 405 | 405 | 405
tasks:targets             |                  | 302 | 200 | 200 | 200 | 200
tasks:target              | target           | 302 | 200 | 200 | 200 | 200
tasks:observe             | target           | 302 | 404 | 404 | 200 | 404
tasks:observations        |                  | 302 | 200 | 200 | 200 | 200
tasks:observation         | observation      | 302 | 200 | 200 | 200 | 200
tasks:observation_edit    | entered          | 302 | 404 | 404 | 200 | 404
tasks:observation_review  |                  | 302 | 200 | 200 | 200 | 200
tasks:observation_approve | observation      | 302 | 405 | 405 | 405 | 405
tasks:observation_return  | observation      | 302 | 405 | 405 | 405 | 405
tasks:fill                |                  | 302 | 200 | 200 | 200 | 200
tasks:report              | free quarter     | 302 | 200 | 404 | 404 | 404
tasks:view_report         | submitted        | 302 | 200 | 404 | 200 | 200
tasks:approve             | submitted        | 302 | 405 | 405 | 405 | 405
tasks:return              | submitted        | 302 | 405 | 405 | 405 | 405
tasks:review              |                  | 302 | 200 | 200 | 200 | 200
tasks:notices             |                  | 302 | 200 | 200 | 200 | 200
tasks:mailbox             |                  | 302 | 404 | 404 | 404 | 404
tasks:mail                | mail             | 302 | 404 | 404 | 404 | 404
tasks:mail_html           | mail             | 302 | 404 | 404 | 404 | 404
reports:runs              |                  | 302 | 200 | 200 | 200 | 200
reports:run               | run              | 302 | 404 | 404 | 200 | 404
reports:file              | file             | 302 | 404 | 404 | 200 | 404
api:search                |                  | 401 | 400 | 400 | 400 | 400
api:brief                 |                  | 401 | 404 | 404 | 200 | 200
api:office-desk           |                  | 401 | 200 | 200 | 200 | 200
api:inspector-desk        |                  | 401 | 200 | 200 | 200 | 200
api:api-root              |                  | 401 | 200 | 200 | 200 | 200
api:token                 |                  | 405 | 405 | 405 | 405 | 405
api:nowhere               |                  | 401 | 404 | 404 | 404 | 404
api:unit-list             |                  | 401 | 200 | 200 | 200 | 200
api:person-list           |                  | 401 | 200 | 200 | 200 | 200
api:person-detail         | person           | 401 | 200 | 404 | 200 | 404
api:person-request-list   |                  | 401 | 200 | 200 | 200 | 200
api:person-request-detail | request          | 401 | 404 | 404 | 200 | 404
api:person-request-confirm | request         | 401 | 405 | 405 | 405 | 405
api:person-request-refuse | request          | 401 | 405 | 405 | 405 | 405
api:person-request-withdraw | request        | 401 | 405 | 405 | 405 | 405
api:contact-list          |                  | 401 | 200 | 200 | 200 | 200
api:contact-detail        | contact          | 401 | 200 | 200 | 200 | 200
api:audit-list            |                  | 401 | 403 | 403 | 403 | 403
api:audit-detail          | entry            | 401 | 403 | 403 | 403 | 403
api:unit-detail           | unit             | 401 | 200 | 200 | 200 | 200
api:plan-list             |                  | 401 | 200 | 200 | 200 | 200
api:plan-detail           | plan             | 401 | 200 | 200 | 200 | 200
api:task-list             |                  | 401 | 200 | 200 | 200 | 200
api:task-detail           | task             | 401 | 200 | 200 | 200 | 200
api:task-history          | task             | 401 | 200 | 200 | 200 | 200
api:action-list           |                  | 401 | 200 | 200 | 200 | 200
api:action-detail         | action           | 401 | 200 | 200 | 200 | 200
api:responsibility-list   |                  | 401 | 200 | 200 | 200 | 200
api:responsibility-detail | duty             | 401 | 200 | 200 | 200 | 200
api:assignment-list       |                  | 401 | 200 | 200 | 200 | 200
api:assignment-detail     | assignment       | 401 | 200 | 404 | 200 | 200
api:plan-publish          | plan             | 401 | 405 | 405 | 405 | 405
api:plan-copy             | plan             | 401 | 405 | 405 | 405 | 405
api:plan-sides            | plan             | 401 | 405 | 405 | 405 | 405
api:plan-remove-side      | plan             | 401 | 405 | 405 | 405 | 405
api:task-move             | task             | 401 | 405 | 405 | 405 | 405
api:action-move           | action           | 401 | 405 | 405 | 405 | 405
api:responsibility-move   | duty             | 401 | 405 | 405 | 405 | 405
api:responsibility-names  |                  | 401 | 405 | 405 | 405 | 405
api:assignment-sign       | assignment       | 401 | 405 | 405 | 405 | 405
api:assignment-sign-all   |                  | 401 | 405 | 405 | 405 | 405
api:overdue-list          |                  | 401 | 200 | 200 | 200 | 200
api:overdue-detail        | late             | 401 | 200 | 200 | 200 | 200
api:matrix-list           |                  | 401 | 200 | 200 | 200 | 200
api:period-list           |                  | 401 | 200 | 200 | 200 | 200
api:period-detail         | period           | 401 | 200 | 200 | 200 | 200
api:progress-list         |                  | 401 | 200 | 200 | 200 | 200
api:progress-detail       | submitted        | 401 | 200 | 404 | 200 | 200
api:progress-approve      | submitted        | 401 | 405 | 405 | 405 | 405
api:progress-return       | submitted        | 401 | 405 | 405 | 405 | 405
api:indicator-list        |                  | 401 | 200 | 200 | 200 | 200
api:indicator-detail      | indicator        | 401 | 200 | 200 | 200 | 200
api:target-list           |                  | 401 | 200 | 200 | 200 | 200
api:target-detail         | target           | 401 | 200 | 200 | 200 | 200
api:observation-list      |                  | 401 | 200 | 200 | 200 | 200
api:observation-detail    | observation      | 401 | 200 | 200 | 200 | 200
api:observation-submit    | observation      | 401 | 405 | 405 | 405 | 405
api:observation-approve   | observation      | 401 | 405 | 405 | 405 | 405
api:observation-return    | observation      | 401 | 405 | 405 | 405 | 405
api:notice-list           |                  | 401 | 200 | 200 | 200 | 200
api:notice-detail         | notice           | 401 | 200 | 404 | 404 | 404
api:notice-read           | notice           | 401 | 405 | 405 | 405 | 405
api:report-run-list       |                  | 401 | 200 | 200 | 200 | 200
api:report-run-detail     | run              | 401 | 404 | 404 | 200 | 404
api:report-file           | file             | 401 | 404 | 404 | 200 | 404
api-schema                |                  | 401 | 200 | 200 | 200 | 200
api-docs                  |                  | 302 | 200 | 200 | 200 | 200
"""


@dataclass(frozen=True)
class Row:
    """An address, what it is made with, and the status for each of `PEOPLE`."""

    name: str
    made_with: tuple[str, ...]
    status: dict[str, int]


def _row(line: str) -> Row:
    name, made_with, *codes = (cell.strip() for cell in line.split("|"))
    status = dict(zip(PEOPLE, map(int, codes), strict=True))
    return Row(name, tuple(made_with.split()), status)


TABLE = {row.name: row for row in map(_row, ROWS.strip().splitlines())}
