"""The register's tables read as they are, and a copy of its questions to write to, with a stock history.

Columns that nothing here shows or needs are left out of the tables that are only read.
"""

from django.contrib.auth.models import AbstractUser
from django.db import models
from simple_history.models import HistoricalRecords

CASCADE = models.CASCADE


class Organisation(models.Model):
    name = models.CharField(max_length=80, unique=True)

    class Meta:
        managed = False
        db_table = "register_organisation"
        ordering = ["name"]

    def __str__(self):
        return self.name


class User(AbstractUser):
    organisation = models.ForeignKey(Organisation, CASCADE, null=True, related_name="users")

    class Meta:
        managed = False
        db_table = "register_user"


class Topic(models.Model):
    name = models.CharField(max_length=80, unique=True)

    class Meta:
        managed = False
        db_table = "register_topic"
        ordering = ["name"]

    def __str__(self):
        return self.name


class Group(models.Model):
    name = models.CharField(max_length=20, unique=True)

    class Meta:
        managed = False
        db_table = "register_group"

    def __str__(self):
        return self.name


class Meeting(models.Model):
    group = models.ForeignKey(Group, CASCADE, related_name="meetings")
    number = models.PositiveIntegerField()
    held_on = models.DateField(null=True)

    class Meta:
        managed = False
        db_table = "register_meeting"

    def __str__(self):
        return f"{self.group.name}{self.number}"


class Question(models.Model):
    """Copied from the register, so that it can be written to without the register's knowing."""

    reference = models.CharField(max_length=12, unique=True)
    title = models.CharField(max_length=200)
    text = models.TextField()
    topic = models.ForeignKey(Topic, CASCADE, null=True, related_name="questions")
    status = models.CharField(max_length=16, db_index=True)
    owner = models.ForeignKey(Organisation, CASCADE, null=True, related_name="owned_questions")
    assignee = models.ForeignKey(User, CASCADE, null=True, related_name="assigned_questions")
    priority = models.CharField(max_length=8)
    classification = models.CharField(max_length=12)
    due_on = models.DateField(null=True)
    raised_by = models.ForeignKey(User, CASCADE, null=True, related_name="raised_questions")
    raised_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    status_since = models.DateTimeField()
    working_days_before = models.PositiveIntegerField()
    waiting_on = models.ForeignKey(Organisation, CASCADE, null=True, related_name="awaited_questions")
    review_by = models.DateField(null=True)
    revisit_on = models.DateField(null=True)
    agreed_answer = models.ForeignKey("Answer", CASCADE, null=True, related_name="agreed_for")
    disposition = models.TextField(blank=True)
    outcome = models.CharField(max_length=16, blank=True)
    merged_into = models.ForeignKey("self", CASCADE, null=True, related_name="merged_questions")
    split_from = models.ForeignKey("self", CASCADE, null=True, related_name="split_questions")

    history = HistoricalRecords()

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return f"{self.reference} {self.title}"


class MeetingLink(models.Model):
    question = models.ForeignKey(Question, CASCADE, related_name="meeting_links")
    meeting = models.ForeignKey(Meeting, CASCADE, related_name="links")
    kind = models.CharField(max_length=20)
    paragraph = models.CharField(max_length=20, blank=True)
    struck_out = models.BooleanField(default=False)

    class Meta:
        managed = False
        db_table = "register_meetinglink"

    def __str__(self):
        return f"{self.kind} at {self.meeting}"


class Action(models.Model):
    group = models.ForeignKey(Group, CASCADE, related_name="actions")
    reference = models.CharField(max_length=12)
    owner = models.ForeignKey(Organisation, CASCADE, null=True, related_name="actions")
    owner_group = models.ForeignKey(Group, CASCADE, null=True, related_name="owned_actions")
    due_on = models.DateField(null=True)
    status = models.CharField(max_length=12)
    classification = models.CharField(max_length=12)

    class Meta:
        managed = False
        db_table = "register_action"

    def __str__(self):
        return f"{self.group.name} {self.reference}"


class ActionLink(models.Model):
    action = models.ForeignKey(Action, CASCADE, related_name="links")
    question = models.ForeignKey(Question, CASCADE, related_name="action_links")
    struck_out = models.BooleanField(default=False)

    class Meta:
        managed = False
        db_table = "register_actionlink"

    def __str__(self):
        return f"{self.action} for {self.question_id}"


class Answer(models.Model):
    question = models.ForeignKey(Question, CASCADE, related_name="answers")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    status = models.CharField(max_length=12)
    classification = models.CharField(max_length=12)

    class Meta:
        managed = False
        db_table = "register_answer"
        ordering = ["number"]

    def __str__(self):
        return f"{self.question.reference} answer {self.number}"


class Review(models.Model):
    answer = models.ForeignKey(Answer, CASCADE, related_name="reviews")
    position = models.CharField(max_length=20)
    classification = models.CharField(max_length=12)

    class Meta:
        managed = False
        db_table = "register_review"

    def __str__(self):
        return self.position
