"""The words of the form."""

from django.utils.translation import gettext as _

from reports.returns.content import PlanPart
from reports.returns.shapes import Kind
from tracker.lib.text import day_text
from tracker.lib.workdays import Quarter


def instructions(kind: Kind, part: PlanPart) -> str:
    """How the sheet is filled in, above its table."""
    period = part.period
    due = period.due_on
    if kind is Kind.PART:
        due = period.contributions_due_on or due
    words = {
        "plan": period.plan.title,
        "due": day_text(due),
        "quarter": _quarter(period.as_quarter),
    }
    lines = [
        _("方案：%(plan)s。填报季度：%(quarter)s。请于%(due)s前填报。") % words,
        _(
            "填表说明：1．白色单元格由填报单位填写，灰色单元格由系统生成，请勿改动；"
            "带＊的为报送必填项。"
        ),
    ]
    if kind is Kind.LEAD:
        lines.append(
            _(
                "　　　　　2．完成进度填0至100的整数，不加百分号。本季度确无新进展的，"
                "“本季度无新进展”选“是”，在“进展情况”中说明理由，完成进度与上期相同。"
            )
        )
    else:
        lines.append(_("　　　　　2．配合情况写明本单位在本季度所做的工作和成效，供牵头单位汇总。"))
    lines.append(
        _(
            "　　　　　3．请勿增删行列或更改工作表结构；填好后保存为.xlsx，在系统“回填表”页面上传，"
            "核对预览后提交。非涉密系统，严禁填写涉密信息。"
        )
    )
    return "\n".join(lines)


def _quarter(quarter: Quarter) -> str:
    return quarter.label
