"""Seals over the log, in tables that are appended to only, and how an entry ended."""

import django.db.models.deletion
from django.db import migrations, models

TABLES = ("units_seal", "units_monthseal", "units_dayhead")
STAMPED = {"units_seal": "sealed_at", "units_monthseal": "dropped_at", "units_dayhead": "made_at"}

REFUSE = """
CREATE FUNCTION units_seal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;
"""
# As the log itself: the server's clock says when, whatever the program says.
STAMP = """
CREATE FUNCTION {table}_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.{column} := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER {table}_stamp BEFORE INSERT ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_stamp();
CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION units_seal_refuse();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION units_seal_refuse();
"""
UNSTAMP = """
DROP TRIGGER {table}_no_truncate ON {table};
DROP TRIGGER {table}_no_change ON {table};
DROP TRIGGER {table}_stamp ON {table};
DROP FUNCTION {table}_stamp();
"""
FORWARD = REFUSE + "".join(STAMP.format(table=t, column=STAMPED[t]) for t in TABLES)
BACKWARD = "".join(UNSTAMP.format(table=t) for t in TABLES) + "DROP FUNCTION units_seal_refuse();"


class Migration(migrations.Migration):
    dependencies = [("units", "0010_cycle")]
    operations = [
        migrations.AddField(
            model_name="auditentry",
            name="result",
            field=models.CharField(
                choices=[("done", "成功"), ("refused", "被拒绝")],
                db_default="done",
                default="done",
                max_length=10,
                verbose_name="结果",
            ),
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "number",
                    models.BigIntegerField(
                        primary_key=True, serialize=False, verbose_name="封存序号"
                    ),
                ),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("form", models.PositiveSmallIntegerField(default=1, verbose_name="封存格式")),
                ("sealed_at", models.DateTimeField(auto_now_add=True, verbose_name="封存时间")),
                (
                    "entry",
                    models.OneToOneField(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="seal",
                        to="units.auditentry",
                        verbose_name="记录",
                    ),
                ),
            ],
            options={"verbose_name": "封存", "verbose_name_plural": "封存", "ordering": ["number"]},
        ),
        migrations.CreateModel(
            name="MonthSeal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(unique=True, verbose_name="月份")),
                ("number", models.BigIntegerField(verbose_name="封存序号")),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("count", models.BigIntegerField(verbose_name="条数")),
                ("dropped_at", models.DateTimeField(auto_now_add=True, verbose_name="清理时间")),
            ],
            options={
                "verbose_name": "月封存",
                "verbose_name_plural": "月封存",
                "ordering": ["month"],
            },
        ),
        migrations.CreateModel(
            name="DayHead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(unique=True, verbose_name="日期")),
                ("number", models.BigIntegerField(verbose_name="封存序号")),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("count", models.BigIntegerField(verbose_name="条数")),
                ("recipients", models.JSONField(blank=True, default=list, verbose_name="收件人")),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
            ],
            options={
                "verbose_name": "日摘要",
                "verbose_name_plural": "日摘要",
                "ordering": ["-day"],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
