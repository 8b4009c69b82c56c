"""提醒 whose matter is done say so, and are unread no more; those of before included."""

from typing import Any

from django.db import migrations, models

REPORTED = ("submitted", "approved")


def settle_done(apps: Any, schema_editor: Any) -> None:
    Notice = apps.get_model("tasks", "Notice")
    Assignment = apps.get_model("tasks", "Assignment")
    ProgressReport = apps.get_model("tasks", "ProgressReport")
    signed = Assignment.objects.exclude(signed_at=None).values_list("responsibility_id", flat=True)
    reported = ProgressReport.objects.filter(state__in=REPORTED).values_list(
        "responsibility_id", "period__year", "period__quarter"
    )
    # Of what somebody was told alone: there may be a million reports.
    told = set(Notice.objects.order_by().values_list("subject", flat=True).distinct())
    done = told.intersection(f"assignment/{duty}" for duty in signed.iterator())
    done |= told.intersection(
        f"report/{side}/{year}Q{quarter}" for side, year, quarter in reported.iterator()
    )
    Notice.objects.filter(subject__in=done).exclude(state="dropped").update(settled=True)


class Migration(migrations.Migration):
    dependencies = [("tasks", "0008_speed")]

    operations = [
        migrations.AddField(
            "notice", "settled", models.BooleanField(default=False, verbose_name="已办理")
        ),
        migrations.RunPython(settle_done, migrations.RunPython.noop, elidable=True),
    ]
