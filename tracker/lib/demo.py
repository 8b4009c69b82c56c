"""The demo's public accounts: made by `make_demo`, shown at log-in, refused in production."""

from typing import NamedTuple

PASSWORD = "demo-pass-2025"  # noqa: S105 - published; the demo runs on loopback only


class Account(NamedTuple):
    """A user name, what it is for, and the unit or office it belongs to (by name)."""

    username: str
    role: str
    body: str = ""


ACCOUNTS = (
    Account("lead", "填报", "重庆市能源局"),
    Account("lead-sichuan", "填报", "四川省能源局"),
    Account("lead-jiangjin", "填报", "江津区发展改革委"),
    Account("coordinator", "审核", "重庆市双碳办"),
    Account("coordinator-sichuan", "审核", "四川省碳达峰碳中和工作委员会办公室"),
    Account("coordinator-jiangjin", "审核", "江津区双碳办"),
    Account("auditor", "督查", "重庆市"),
    Account("admin", "超级用户"),
    Account("leader", "分管", "重庆市双碳办"),
    Account("sysadmin", "系统"),
    Account("secadmin", "安全"),
    Account("auditadmin", "审计"),
    Account("signer", "审签", "重庆市经济信息委"),
)
USERNAMES = tuple(account.username for account in ACCOUNTS)


def bodies(role: str) -> dict[str, str]:
    """User name → unit or office, of the accounts with this role."""
    return {account.username: account.body for account in ACCOUNTS if account.role == role}
