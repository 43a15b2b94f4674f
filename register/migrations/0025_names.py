from collections import Counter

from django.db import migrations, models

from register.characters import fold_name
from register.models.names import TWIN, NameKeyField

NAMED = {"organisation": "name", "topic": "name", "group": "name", "user": "username"}


def make_keys(apps, schema_editor):
    """Give each row its key; a later row of a name that reads the same gets a number behind it, and is told of."""
    for model_name, source in NAMED.items():
        model, taken = apps.get_model("register", model_name), Counter()
        for row in model._base_manager.order_by("pk"):
            key = fold_name(getattr(row, source))
            taken[key] += 1
            if taken[key] > 1:
                print(
                    f"\n  {model_name} {getattr(row, source)!r} (id {row.pk}) reads like another: rename or merge it."
                )
                key += f"{TWIN}{taken[key]}"
            model._base_manager.filter(pk=row.pk).update(name_key=key)


class Migration(migrations.Migration):
    dependencies = [("register", "0024_unfinished_release")]

    operations = [
        *(
            migrations.AddField(name, "name_key", models.CharField(max_length=220, null=True, editable=False))
            for name in NAMED
        ),
        migrations.RunPython(make_keys, migrations.RunPython.noop),
        *(migrations.AlterField(name, "name_key", NameKeyField(source)) for name, source in NAMED.items()),
    ]
