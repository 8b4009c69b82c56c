"""An office closes its own side; what a closing wrote is never changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# A snapshot keeps what it says; a reopening may name who, when and why, once.
FORWARD = """
CREATE FUNCTION tasks_snapshot_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'tasks_snapshot' THEN
        IF OLD.replaced_at IS NULL
           AND to_jsonb(NEW) - 'replaced_at' - 'replaced_by_id' - 'reason'
             = to_jsonb(OLD) - 'replaced_at' - 'replaced_by_id' - 'reason' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER tasks_snapshot_no_change BEFORE UPDATE OR DELETE ON tasks_snapshot
    FOR EACH ROW EXECUTE FUNCTION tasks_snapshot_refuse();
CREATE TRIGGER tasks_snapshot_no_truncate BEFORE TRUNCATE ON tasks_snapshot
    FOR EACH STATEMENT EXECUTE FUNCTION tasks_snapshot_refuse();
CREATE TRIGGER tasks_snapshotrow_no_change BEFORE UPDATE OR DELETE ON tasks_snapshotrow
    FOR EACH ROW EXECUTE FUNCTION tasks_snapshot_refuse();
CREATE TRIGGER tasks_snapshotrow_no_truncate BEFORE TRUNCATE ON tasks_snapshotrow
    FOR EACH STATEMENT EXECUTE FUNCTION tasks_snapshot_refuse();
"""
BACKWARD = """
DROP TRIGGER tasks_snapshotrow_no_truncate ON tasks_snapshotrow;
DROP TRIGGER tasks_snapshotrow_no_change ON tasks_snapshotrow;
DROP TRIGGER tasks_snapshot_no_truncate ON tasks_snapshot;
DROP TRIGGER tasks_snapshot_no_change ON tasks_snapshot;
DROP FUNCTION tasks_snapshot_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tasks", "0011_cycle"),
        ("units", "0010_cycle"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            model_name="snapshot",
            name="data",
            field=models.JSONField(default=dict, verbose_name="内容"),
        ),
        migrations.CreateModel(
            name="PeriodSide",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="关闭时间")),
                ("missing", models.JSONField(blank=True, default=list, verbose_name="未报")),
                ("unreviewed", models.JSONField(blank=True, default=list, verbose_name="未审核")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="关闭说明")),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="关闭人",
                    ),
                ),
                (
                    "period",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sides",
                        to="tasks.period",
                        verbose_name="填报期",
                    ),
                ),
                (
                    "side",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="units.jurisdiction",
                        verbose_name="所属方",
                    ),
                ),
            ],
            options={
                "verbose_name": "填报期各方",
                "verbose_name_plural": "填报期各方",
                "ordering": ["period", "side"],
                "constraints": [
                    models.UniqueConstraint(fields=("period", "side"), name="period_side_once")
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
