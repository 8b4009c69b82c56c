"""What keeps the desks fast with very many reports; see decision 16."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

# A report's quarter is a copy of its period's, which the database writes and nobody else.
FORWARD = """
UPDATE tasks_progressreport r SET quarter_index = p.year * 4 + p.quarter
    FROM tasks_period p WHERE p.id = r.period_id;
CREATE FUNCTION tasks_report_quarter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT year * 4 + quarter INTO NEW.quarter_index FROM tasks_period WHERE id = NEW.period_id;
    NEW.quarter_index := coalesce(NEW.quarter_index, 0);
    RETURN NEW;
END $$;
CREATE TRIGGER tasks_report_quarter BEFORE INSERT OR UPDATE OF period_id, quarter_index
    ON tasks_progressreport FOR EACH ROW EXECUTE FUNCTION tasks_report_quarter();
CREATE FUNCTION tasks_period_quarter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE tasks_progressreport SET quarter_index = NEW.year * 4 + NEW.quarter
        WHERE period_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER tasks_period_quarter AFTER UPDATE OF year, quarter ON tasks_period FOR EACH ROW
    WHEN (OLD.year <> NEW.year OR OLD.quarter <> NEW.quarter)
    EXECUTE FUNCTION tasks_period_quarter();
"""
BACKWARD = """
DROP TRIGGER tasks_period_quarter ON tasks_period;
DROP FUNCTION tasks_period_quarter();
DROP TRIGGER tasks_report_quarter ON tasks_progressreport;
DROP FUNCTION tasks_report_quarter();
"""


class Migration(migrations.Migration):
    dependencies = [("tasks", "0007_brief")]
    operations = [
        migrations.AddField(
            "progressreport",
            "quarter_index",
            models.PositiveIntegerField(db_default=0, editable=False),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.AlterField(
            "progressreport",
            "responsibility",
            models.ForeignKey(
                "tasks.responsibility",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reports",
                verbose_name="责任",
                db_index=False,
            ),
        ),
        migrations.AddIndex(
            "period",
            models.Index(fields=["plan"], condition=Q(state="open"), name="period_open"),
        ),
        migrations.AddIndex(
            "period", models.Index(fields=["year", "quarter"], name="period_quarter")
        ),
        migrations.AddIndex(
            "progressreport",
            models.Index(
                fields=["responsibility", "-quarter_index"],
                include=["percent"],
                condition=Q(state="approved", percent__isnull=False),
                name="report_latest_approved",
            ),
        ),
        migrations.AddIndex(
            "progressreport",
            models.Index(
                fields=["responsibility"], condition=Q(state="submitted"), name="report_waiting"
            ),
        ),
        migrations.AddIndex(
            "progressreport",
            models.Index(
                fields=["redo_by"], condition=Q(redo_by__isnull=False), name="report_to_redo"
            ),
        ),
    ]
