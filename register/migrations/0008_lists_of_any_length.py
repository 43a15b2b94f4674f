from django.db import migrations, models

STATUSES = [
    ("raised", "raised"),
    ("open", "open"),
    ("awaiting_input", "awaiting input"),
    ("in_review", "in review"),
    ("agreed", "agreed"),
    ("closed", "closed"),
    ("deferred", "deferred"),
    ("withdrawn", "withdrawn"),
    ("merged", "merged"),
]
CLASSIFICATIONS = [("public", "Public"), ("members", "Members"), ("restricted", "Restricted")]
SORTS = [
    ("topic", "topic"),
    ("since", "day number of the beginning of the status"),
    ("waiting_on", "organisation waited on"),
]
RUNS = ["in_review", "open", "raised"]
LIVE = ("raised", "open", "awaiting_input", "in_review", "agreed", "deferred")
STANDINGS = [(0, "Running"), (1, "Paused"), (2, "Ended")]
STANDING = models.Case(
    models.When(status__in=RUNS, then=models.Value(0)),
    models.When(status__in=LIVE, then=models.Value(1)),
    default=models.Value(2),
    output_field=models.SmallIntegerField(),
)
AGE_ORDER = models.Case(
    models.When(status__in=RUNS, then=models.F("working_days_before") - models.F("status_since_day")),
    default=models.F("working_days_before"),
    output_field=models.IntegerField(),
)


class Migration(migrations.Migration):
    dependencies = [
        ("register", "0007_recorded_anew"),
    ]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by", models.CharField(choices=SORTS, max_length=12)),
                ("classification", models.CharField(choices=CLASSIFICATIONS, max_length=12)),
                ("status", models.CharField(choices=STATUSES, max_length=16)),
                ("key", models.CharField(blank=True, max_length=80)),
                ("count", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.RemoveIndex(
            model_name="question",
            name="question_by_due",
        ),
        migrations.AddField(
            "question",
            "age_order",
            models.GeneratedField(expression=AGE_ORDER, output_field=models.IntegerField(), db_persist=True),
        ),
        migrations.AddField(
            "question",
            "standing",
            models.GeneratedField(
                expression=STANDING, output_field=models.SmallIntegerField(choices=STANDINGS), db_persist=True
            ),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(fields=["status", "due_on"], name="action_by_due"),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["kind", "object_id"], name="document_of_item"),
        ),
        migrations.AddIndex(
            model_name="meeting",
            index=models.Index(fields=["-held_on", "-number"], name="meeting_latest"),
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(
                fields=["standing", "age_order", "id", "due_on", "classification", "priority"], name="question_by_age"
            ),
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(fields=["status", "standing", "age_order", "id"], name="question_by_age_status"),
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(fields=["topic", "standing", "age_order", "id"], name="question_by_age_topic"),
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(fields=["owner", "standing", "age_order", "id"], name="question_by_age_owner"),
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(fields=["assignee", "standing", "age_order", "id"], name="question_by_age_assignee"),
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(fields=["waiting_on", "standing", "age_order", "id"], name="question_by_age_waiting_on"),
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(fields=["waiting_on", "status_since_day"], name="question_longest_waited"),
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(fields=["status_since", "id"], name="question_by_status_since"),
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(fields=["recorded_at", "id"], name="question_by_recorded_at"),
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(
                condition=models.Q(("review_by__isnull", False)), fields=["review_by"], name="question_by_review"
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(fields=["reviewer", "position"], name="review_awaited"),
        ),
        migrations.AddConstraint(
            model_name="tally",
            constraint=models.UniqueConstraint(fields=("by", "status", "key", "classification"), name="tally_once"),
        ),
    ]
