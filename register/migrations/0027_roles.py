from django.db import migrations, models


class Migration(migrations.Migration):
    """A column for the roles of a login. What stands is recorded by what follows a release (`record_roles`)."""

    dependencies = [("register", "0026_form_uses")]

    operations = [
        migrations.AddField(
            model_name="historicaluser", name="roles", field=models.TextField(editable=False, null=True)
        ),
    ]
