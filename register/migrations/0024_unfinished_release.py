from django.db import migrations, models


def begin_release(apps, schema_editor):
    """Leave a mark for this release, which could not leave one before there was a table for it."""
    apps.get_model("register", "UnfinishedRelease").objects.create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("register", "0013_documents_by_clearance")]

    operations = [
        migrations.CreateModel(
            name="UnfinishedRelease",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="one_release_at_a_time"),
                ],
            },
        ),
        migrations.RunPython(begin_release, migrations.RunPython.noop),
    ]
