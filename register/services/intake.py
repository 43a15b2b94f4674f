"""Raise many questions at once: from a spreadsheet, or when a register is filled from another."""

from django.core.exceptions import ValidationError

from register.documents.keeping import writing
from register.ledger.bulk import record_many
from register.models import Question
from register.refusals import Invalid
from register.services.door import require_role, said
from register.services.questions import begun, next_number
from register.words import Role

# Their rows come as instances, so a look-up for each would find what is already here.
_ROWS = {field.name for field in Question._meta.fields if field.is_relation}


def raise_questions(questions, *, by, reason=""):
    """Raise unsaved questions in order, each with the next reference, in one transaction; return how many.

    `questions` may be a generator: it is read as it is written, so that memory stays flat. Raises NotPermitted, and
    Refused or Invalid for the first that cannot be raised; none is then.
    """
    require_role(by, Role.TRIAGE, to="raise many questions")
    with writing():
        numbered = enumerate(questions, next_number())
        return record_many((_named(question, number, by) for number, question in numbered), by=by, reason=said(reason))


def _named(question, number, by):
    question.reference = f"DSQ-{number:03}"
    return checked(question, by)


def checked(question, by):
    """Return a new question ready to be saved. Raises Refused."""
    return begun(fields_cleaned(question), by)


def fields_cleaned(question):
    """Return a question with its fields cleaned, without a look at the database. Raises Invalid."""
    try:
        question.clean_fields(exclude=_ROWS | {"reference"})
    except ValidationError as error:
        raise Invalid(error.message_dict) from error
    return question
