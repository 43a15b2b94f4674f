from django.db import migrations

ROLES = ("Triage", "Approver", "Member", "Feed")


def make_head_and_roles(apps, schema_editor):
    apps.get_model("register", "LedgerHead").objects.create(pk=1, position=0, digest="0" * 64)
    for name in ROLES:
        apps.get_model("auth", "Group").objects.get_or_create(name=name)


class Migration(migrations.Migration):
    dependencies = [("register", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [migrations.RunPython(make_head_and_roles, migrations.RunPython.noop)]
