"""One waiting request for one thing; of those that wait twice the first stays."""

from typing import Any

from django.db import migrations, models
from django.db.models import F
from django.utils.timezone import now

ASKED_ALREADY = "同样的申请已在等待确认，不必重复提出。"


def withdraw_doubles(apps: Any, schema_editor: Any) -> None:
    """Take back, in the name of who asked, what was asked twice."""
    waiting = apps.get_model("units", "PersonRequest").objects.filter(state="waiting")
    seen: set[tuple[Any, ...]] = set()
    double = []
    for row in waiting.exclude(kind="invite").order_by("pk"):
        post = (row.role, row.unit_id, row.office_id, row.jurisdiction_id)
        asked = (row.kind, row.membership_id or row.person_id, post)
        if asked in seen:
            double.append(row.pk)
        seen.add(asked)
    waiting.filter(pk__in=double).update(
        state="withdrawn", decided_by=F("requested_by"), decided_at=now()
    )
    # The rows' checks come due now: no index is made while they wait.
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def once(name: str, fields: list[str], message: str, **where: Any) -> migrations.AddConstraint:
    return migrations.AddConstraint(
        model_name="personrequest",
        constraint=models.UniqueConstraint(
            condition=models.Q(state="waiting", **where),
            fields=fields,
            name=f"person_request_{name}_once",
            violation_error_message=message,
        ),
    )


class Migration(migrations.Migration):
    dependencies = [("units", "0007_managers")]

    operations = [
        migrations.RunPython(withdraw_doubles, migrations.RunPython.noop, elidable=True),
        once("kind", ["person", "kind"], ASKED_ALREADY, kind__in=("reset", "end")),
        *(
            once(body, ["person", "role", body], ASKED_ALREADY, kind="post")
            for body in ("unit", "office", "jurisdiction")
        ),
        once("membership", ["membership"], "这一任职的交接申请已在等待确认，不必重复提出。"),
    ]
