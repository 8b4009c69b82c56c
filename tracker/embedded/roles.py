"""The two database roles: the owner of the tables migrates, another runs the site."""

from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tracker.embedded.outside import conninfo

OWNER = "tracker_owner"
APP = "tracker_app"
DATABASE = "tracker"
APPEND_ONLY = ("units_auditentry", "units_seal", "units_monthseal", "units_dayhead")
Connection = psycopg.Connection[tuple[object, ...]]


def make_roles(connection: Connection, *, may_create_databases: bool) -> None:
    """Make roles and database where they are missing; asks for a superuser."""
    may = sql.SQL("CREATEDB" if may_create_databases else "NOCREATEDB")
    for role in (OWNER, APP):
        exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        verb = sql.SQL("ALTER" if exists.fetchone() else "CREATE")
        connection.execute(sql.SQL("{} ROLE {} LOGIN {}").format(verb, sql.Identifier(role), may))
    exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
    if not exists.fetchone():
        statement = sql.SQL("CREATE DATABASE {} OWNER {}")
        connection.execute(statement.format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))


def grant(owner_url: str, app_url: str) -> bool:
    """Let the running role use the owner's tables, and only append to the audit log.

    Nothing is done, and False returned, when both URLs name one role.
    """
    owner, app = (urlsplit(url).username or "" for url in (owner_url, app_url))
    if not app or owner == app:
        return False
    with psycopg.connect(conninfo(owner_url), connect_timeout=10) as connection:
        role = sql.Identifier(app)
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}",
        ):
            connection.execute(sql.SQL(statement).format(role))
        for table in APPEND_ONLY:
            found = connection.execute("SELECT to_regclass(%s)", [f"public.{table}"]).fetchone()
            if found and found[0]:
                revoke = sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}")
                connection.execute(revoke.format(sql.Identifier("public", table), role))
    return True
