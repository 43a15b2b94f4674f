from django.db import migrations, models

CLEARANCES = {"public": "to_public", "members": "to_members", "restricted": "to_triage"}
CHOICES = [("public", "Public"), ("members", "Members"), ("restricted", "Restricted")]
COPY = """
    INSERT INTO register_document (clearance, kind, object_id, reference, position, body, in_feed)
    SELECT '{clearance}', kind, object_id, reference, position, body, in_feed
    FROM register_shareddocument WHERE {column}
"""


def give_each_clearance_its_row(apps, schema_editor):
    """Copy documents with their positions, so that no reader of the feed has to begin again."""
    for clearance, column in CLEARANCES.items():
        schema_editor.execute(COPY.format(clearance=clearance, column=column))


class Migration(migrations.Migration):
    dependencies = [("register", "0012_due_by_age")]

    operations = [
        migrations.RenameModel("Document", "SharedDocument"),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("clearance", models.CharField(choices=CHOICES, max_length=12)),
                ("kind", models.CharField(max_length=32)),
                ("object_id", models.BigIntegerField()),
                ("reference", models.CharField(max_length=80)),
                ("position", models.BigIntegerField()),
                ("body", models.TextField(null=True)),
                ("in_feed", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clearance", "kind", "object_id", "reference"), name="document_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("in_feed", True)),
                        fields=("clearance", "position"),
                        name="document_once_a_position",
                    ),
                ],
            },
        ),
        migrations.RunPython(give_each_clearance_its_row, migrations.RunPython.noop),
        migrations.DeleteModel("SharedDocument"),
    ]
