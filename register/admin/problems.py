"""What was wrong with forms that were sent: each sentence at its field, and all of them in a summary above."""

from register.refusals import Invalid
from register.workflow import MISSING


def add_refusal(refusal, form, *others):
    """Put the sentences of a service's `Refused` at the fields that they ask for, or on the first of these forms."""
    if isinstance(refusal, Invalid):
        for name, sentences in refusal.fields.items():
            form.add_error(name if name in form.fields else None, list(sentences))
        return
    places = {sentence: (one, name) for one in (form, *others) for sentence, name in _list_asks(one)}
    for sentence in refusal.reasons:
        place, name = places.get(sentence, (form, None))
        place.add_error(name, sentence)


def _list_asks(form):
    """Yield (sentence that asks for a field, its name): a transition's inputs are asked for by their help texts."""
    for name, field in form.fields.items():
        yield MISSING.get(name, field.help_text), name


def list_problems(*forms):
    """Return [(sentence, id of the field that it is about, or nothing)] of what is wrong with forms that were sent."""
    return [
        (_name(form, name, error), _get_id(form[name]) if name in form.fields else "")
        for form in forms
        if form is not None and form.is_bound
        for name, errors in form.errors.as_data().items()
        for error in errors
    ]


def _name(form, name, error):
    """Return the sentence of an error; that a field is required says which, away from the field."""
    sentence = " ".join(error.messages)
    return f"{form[name].label}: {sentence[0].lower()}{sentence[1:]}" if error.code == "required" else sentence


def _get_id(field):
    """Return the id of what takes the focus: of radios, the first."""
    return field.id_for_label or field.subwidgets[0].id_for_label
