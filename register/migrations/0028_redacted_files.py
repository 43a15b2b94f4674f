from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("register", "0027_roles")]

    operations = [
        migrations.AddField(
            model_name="headlinereport",
            name="is_file_redacted",
            field=models.BooleanField(
                default=False, editable=False, help_text="The file's bytes were emptied; its digest stays."
            ),
        ),
        migrations.AddField(
            model_name="historicalheadlinereport",
            name="is_file_redacted",
            field=models.BooleanField(
                default=False, editable=False, help_text="The file's bytes were emptied; its digest stays.", null=True
            ),
        ),
    ]
