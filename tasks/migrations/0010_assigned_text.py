"""交办 keeps what was handed out; of what was before, the history tells what it was."""

from typing import Any

from django.db import migrations, models

TEXTS = ("title", "summary", "clause")
OWN = ("written", "note")


def _before(apps: Any, verb: str, row: Any, since: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """The row's values at that moment: today's, with what was changed since taken back."""
    values = {name: getattr(row, name) for name in names}
    entries = apps.get_model("units", "AuditEntry").objects.filter(
        verb=verb, object_type=row._meta.label_lower, object_id=str(row.pk), at__gt=since
    )
    for before in entries.order_by("-at", "-pk").values_list("before", flat=True):
        values.update({name: before[name] for name in names if name in before})
    return values


def keep_texts(apps: Any, schema_editor: Any) -> None:
    Assignment = apps.get_model("tasks", "Assignment")
    rows = Assignment.objects.select_related("responsibility__task")
    for assignment in rows.iterator():
        duty, since = assignment.responsibility, assignment.assigned_at
        task = _before(apps, "task.edit", duty.task, since, (*TEXTS, "due_on"))
        own = _before(apps, "duty.edit", duty, since, (*OWN, "due_on"))
        due_on = own.pop("due_on") or task.pop("due_on")
        assignment.handed_out = {
            **{name: task[name] or "" for name in TEXTS},
            **{name: own[name] or "" for name in OWN},
            "due_on": str(due_on) if due_on else "",
            "unit": str(duty.unit_id),
            "role": duty.role,
        }
        assignment.save(update_fields=["handed_out"])


class Migration(migrations.Migration):
    dependencies = [("tasks", "0009_settled"), ("units", "0007_managers")]

    operations = [
        migrations.AddField(
            "assignment",
            "handed_out",
            models.JSONField(default=dict, editable=False, verbose_name="交办内容"),
        ),
        migrations.RunPython(keep_texts, migrations.RunPython.noop, elidable=True),
    ]
