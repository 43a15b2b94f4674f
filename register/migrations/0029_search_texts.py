import django.db.models.deletion
from django.db import migrations, models

OLD = "register_question_words"
DROP = {
    "sqlite": [f"DROP TRIGGER IF EXISTS {OLD}_{name}" for name in ("added", "said", "gone")],
    "postgresql": [
        *(f"DROP TRIGGER IF EXISTS {OLD}_{name} ON register_question" for name in ("added", "said", "gone")),
        f"DROP FUNCTION IF EXISTS {OLD}_keep()",
    ],
}


def drop_old_index(apps, schema_editor):
    for statement in [*DROP[schema_editor.connection.vendor], f"DROP TABLE IF EXISTS {OLD}"]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("register", "0028_redacted_files")]

    operations = [
        migrations.CreateModel(
            name="SearchText",
            fields=[
                (
                    "question",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_text",
                        serialize=False,
                        to="register.question",
                    ),
                ),
                ("title", models.TextField()),
                ("words", models.TextField()),
            ],
        ),
        migrations.RunPython(drop_old_index, migrations.RunPython.noop),
    ]
