from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("register", "0003_split_from")]

    operations = [
        migrations.RenameModel("PendingReport", "PendingUpload"),
        migrations.AddField(
            "PendingUpload",
            "purpose",
            models.CharField(
                choices=[("report", "headline report"), ("questions", "questions")], default="report", max_length=12
            ),
        ),
    ]
