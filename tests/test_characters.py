"""A text that shows nothing is no text, whatever characters it is made of."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from register.characters import shows_something
from register.clock import today
from register.refusals import Invalid, Refused
from register.services.answers import propose_answer
from register.services.questions import change_status, edit_question, reclassify_question

UNSEEN = ("\u200b", "\u2800", "\u3164\u00ad", "\u0301 \u0301", " \ufeff\u2060 ", "\U000e0041")


@pytest.mark.parametrize("text", UNSEEN)
def test_what_shows_nothing_is_no_title_and_no_text(text, cast, raised):
    question = raised()
    for name in ("title", "text"):
        with pytest.raises(Invalid):
            edit_question(question, by=cast.triage, **{name: text})
        with pytest.raises(Invalid):
            raised(**{name: text})


@pytest.mark.parametrize("text", UNSEEN)
def test_what_shows_nothing_is_no_reason(text, cast, raised):
    with pytest.raises(Refused, match="Give a reason"):
        reclassify_question(raised(classification="members"), "public", by=cast.lead, reason=text)
    with pytest.raises(Refused, match="Give a reason"):
        change_status(raised(), "defer", by=cast.triage, revisit_on=today() + timedelta(9), reason=text)


@pytest.mark.parametrize("text", UNSEEN)
def test_what_shows_nothing_is_no_answer(text, cast, moved):
    with pytest.raises((Invalid, Refused)):
        propose_answer(moved("open"), text, by=cast.triage)


NO_INK = st.characters(categories=["Zs", "Zl", "Zp", "Mn", "Mc", "Me", "Cf"])


@given(st.text(NO_INK | st.sampled_from("\t\n\u2800\u3164")))
def test_blanks_marks_and_format_characters_alone_show_nothing(text):
    assert not shows_something(text)


@given(st.text(), st.characters(categories=["Lu", "Ll", "Nd", "Po", "Sc"]), st.text())
def test_what_has_a_letter_a_digit_or_a_sign_shows_something(before, character, after):
    assert shows_something(before + character + after)
