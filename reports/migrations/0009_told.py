"""What runs, schedules and mails say of trouble: kept so that each reader has it worded anew."""

from django.db import migrations

from tracker.lib.told import ToldField

FIELDS = [
    ("reportrun", "step", "步骤"),
    ("reportrun", "error", "错误"),
    ("reportschedule", "trouble", "未能生成的原因"),
    ("reportmail", "error", "说明"),
]


def told(model: str, name: str, label: str) -> migrations.SeparateDatabaseAndState:
    """The column with what stands in it, as JSON text."""
    alter = f'ALTER TABLE "reports_{model}" ALTER COLUMN "{name}" TYPE'
    field = ToldField(blank=True, default=str, verbose_name=label)
    return migrations.SeparateDatabaseAndState(
        [
            migrations.RunSQL(
                f'{alter} jsonb USING to_jsonb("{name}")',
                f"""{alter} text USING "{name}" #>> '{{}}'""",
            )
        ],
        [migrations.AlterField(model, name, field)],
    )


class Migration(migrations.Migration):
    dependencies = [("reports", "0008_schedules_language")]

    operations = [told(*one) for one in FIELDS]
