from django.db import migrations


class Migration(migrations.Migration):
    """Changes what a writer locks last before what it locks first."""

    dependencies = [("register", "0024_unfinished_release")]

    operations = [
        migrations.RunSQL("ALTER TABLE register_document ADD COLUMN later integer NULL"),
        migrations.RunSQL("SELECT COUNT(*) FROM register_ledgerentry a, register_ledgerentry b"),
        migrations.RunSQL("ALTER TABLE register_question ADD COLUMN later integer NULL"),
    ]
