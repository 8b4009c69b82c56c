"""Indexes for the search by parts of words; see tracker/lib/search.py and units 0005."""

from django.db import migrations

LINE = " || E'\\n' || "
INDEXES = {
    "tasks_task_title_grams": ("tasks_task", ["title"]),
    "tasks_task_grams": ("tasks_task", ["(number)::text", "title", "clause", "summary"]),
    "tasks_plan_grams": ("tasks_plan", ["title", "short_title", "number"]),
    "tasks_action_grams": ("tasks_action", ["numeral", "title"]),
    "tasks_indicator_grams": ("tasks_indicator", ["name"]),
    "tasks_responsibility_grams": ("tasks_responsibility", ["written"]),
    "tasks_target_grams": ("tasks_target", ["words", "place_name", "clause"]),
}


def _index(name: str, table: str, columns: list[str]) -> str:
    return (
        f"CREATE INDEX {name} ON {table} USING gin (search_grams(({LINE.join(columns)})::text))"
        " WITH (fastupdate = off);"
    )


class Migration(migrations.Migration):
    dependencies = [("tasks", "0004_observations"), ("units", "0005_search")]
    operations = [
        migrations.RunSQL(
            "\n".join(_index(name, *made_of) for name, made_of in INDEXES.items()),
            "\n".join(f"DROP INDEX {name};" for name in INDEXES),
        ),
    ]
