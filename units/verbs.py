"""The verbs of administration, with their words: what the audit administrator reads.

Everything else in the log is business (a plan, a task, a report, a book) and is not shown there.
A verb of administration that is not in this table fails tests/units/test_audit_page.py.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ADMINISTRATION: dict[str, str | Promise] = {
    "user.login": _("登录"),
    "user.login_failed": _("登录失败"),
    "user.logout": _("退出登录"),
    "access.denied": _("访问被拒绝"),
    "user.lock": _("登录锁定"),
    "user.unlock": _("解除锁定"),
    "user.password": _("修改或重置密码"),
    "user.password_link": _("发放设置密码的链接"),
    "user.second_factor": _("设置第二验证"),
    "user.second_factor_reset": _("重置第二验证"),
    "user.add": _("新增账号"),
    "user.change": _("修改人员信息"),
    "user.leave": _("停用账号"),
    "user.enable": _("恢复账号"),
    "membership.add": _("增加任职"),
    "membership.end": _("结束任职"),
    "person_request.ask": _("提出人员申请"),
    "person_request.confirm": _("确认人员申请"),
    "person_request.refuse": _("不同意人员申请"),
    "person_request.withdraw": _("撤回人员申请"),
    "person_request.carry": _("移交未办事项"),
    "deputy.name": _("登记代收提醒"),
    "deputy.end": _("结束代收提醒"),
    "unit.add": _("登记单位"),
    "unit.name": _("登记单位名称"),
    "unit.succeed": _("机构变动"),
    "succession.enter": _("登记机构变动"),
    "succession.cancel": _("取消机构变动"),
    "calendar.upload": _("上传节假日安排"),
    "token.issue": _("发放令牌"),
    "token.end": _("停用令牌"),
    "audit.export": _("导出记录"),
    "people.export": _("导出人员"),
    "audit.verify": _("核对记录"),
    "audit.drop": _("清理到期记录"),
    "digest.resend": _("重新发送提醒"),
    "site.backup": _("备份"),
    "site.restore": _("恢复备份"),
    "demo.make": _("生成演示数据"),
}
