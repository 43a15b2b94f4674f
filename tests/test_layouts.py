"""Layouts of other groups' reports: each test is one grammar, in words written for it."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from register import headline_report
from register.headline_report.formats import read_text
from register.headline_report.references import References, ReferenceShape, infer_shape
from register.headline_report.report import NextMeeting, NotAReport

BODIES = ["Elexon", "Ofgem", "DCC", "RECCo", "National Grid"]
HEADER = """\
Meeting name: Interface Working Group (IWG)
Meeting number: {number}
Date of meeting: 2 June 2021
Classification: Public

"""


def read(body, number=5, header=HEADER, **options):
    text = header.replace("{number}", str(number)) + body
    return headline_report.read_report(read_text(text), bodies=BODIES, **options)


def list_actions(report):
    return [(a.reference, a.paragraph, a.owner, a.due_as_written) for a in report.actions]


def list_questions(report):
    return [(q.text, q.paragraph, q.bullet) for q in report.questions]


# Logs of actions

BARRED = """\
| Ref | Action | Owner | Due date | Status |
|-----|--------|-------|----------|--------|
| 05/01 | Count the meters | DCC | 9 July 2021 | Open |
| 04/02 | Draw the flows | Elexon | 2 June 2021 | Closed |
"""
TABBED = (
    "Reference\tAction\tOwner\tDue\tStatus\n05/01\tCount the meters\tDCC\t9 July 2021\tOpen\n"
    "04/02\tDraw the flows\tElexon\t2 June 2021\tClosed\n"
)
ALIGNED = """\
Ref     Action                Owner    Due           Status
05/01   Count the             DCC      9 July 2021   Open
        meters
04/02   Draw the flows        Elexon   2 June 2021   Closed
"""


@pytest.mark.parametrize("log", [BARRED, TABBED, ALIGNED], ids=["bars", "tabs", "columns"])
def test_a_log_mints_its_own_and_mentions_what_is_carried_forward(log):
    report = read(f"1. Opening\n\n1.1 The group met.\n\n2. Actions log\n\n{log}")
    assert list_actions(report) == [("05/01", "2", "DCC", "9 July 2021")]
    assert (report.actions[0].text, [m.reference for m in report.mentions]) == ("Count the meters", ["04/02"])
    assert [section.title for section in report.sections] == ["Opening", "Actions log"]


@pytest.mark.parametrize("head", ["Ref | Action | Owner\n", ""], ids=["head again", "no head"])
def test_a_log_that_goes_on_over_the_page_is_one(head):
    second = f"{head}05/02 | Draw | Elexon\n05/03 | List | Ofgem\n"
    log = f"Ref | Action | Owner\n05/01 | Count | DCC\n\n---\n\nHeadline report\n\n{second}"
    assert [a.owner for a in read(f"1.1 The group met.\n\n{log}").actions] == ["DCC", "Elexon", "Ofgem"]


def test_a_log_adds_to_a_marker_and_what_it_says_otherwise_is_a_doubt_there():
    body = "1.1 DCC agreed to count.\n\nAction 5/01\n\n1.2 Elexon agreed to draw by 9 July.\n\nAction 5/02\n\n"
    log = "Ref | Action | Owner | Due\n5/01 | Count | DCC | 16 July 2021\n5/02 | Draw | Elexon | 30 July\n"
    first, second = read(body + log).actions
    assert (first.paragraph, first.due_as_written, first.doubt) == ("1.1", "16 July 2021", "")
    assert (second.due_as_written, "with due 30 July" in second.doubt) == ("9 July", True)


def test_actions_that_are_numbered_alone_are_numbered_for_the_meeting():
    report = read("1.1 The group met.\n\nACTION 3: DCC to count the meters by 9 July.\n")
    assert list_actions(report) == [("5/03", "1.1", "DCC", "9 July")]


# Actions in sentences


@pytest.mark.parametrize(
    ("sentence", "owner", "due"),
    [
        ("Ofgem to say which conditions are touched (Action 5/01).", "Ofgem", None),
        ("DCC will count the meters by 9 July 2021 (Action 5/01 – DCC).", "DCC", "9 July 2021"),
        ("The meters were spoken of. [Action 5/01: National Grid]", "National Grid", None),
        ("It was late. Action 5/01: RECCo to list the flows by the end of August.", "RECCo", "end of August"),
    ],
)
def test_a_sentence_can_name_its_own_action(sentence, owner, due):
    assert list_actions(read(f"1.1 {sentence}\n\n1.2 Next.")) == [("5/01", "1.1", owner, due)]


@pytest.mark.parametrize(
    "sentence", ["DCC reported (Action 4/01).", "Actions 5/01 and 5/02 could be one.", "See (Action 5/01)."]
)
def test_a_sentence_that_commits_nobody_mints_nothing(sentence):
    assert read(f"1.1 {sentence}").actions == []


@pytest.mark.parametrize(
    ("line", "owner", "doubtful"),
    [
        ("Action 5/01 (IWG)", "DCC", False),
        ("Action 5/01 (supersedes Action 4/07)", "DCC", False),
        ("Action 5/01 – closed at the meeting", "DCC", True),
        ("NEW ACTION 5/01 – Elexon – by 9 July 2021", "Elexon", False),
    ],
)
def test_words_behind_a_marker_are_an_owner_only_where_they_name_one(line, owner, doubtful):
    action = read(f"1.1 DCC agreed to count.\n\n{line}\n").actions[0]
    assert (action.owner, bool(action.doubt)) == (owner, doubtful)


def test_two_bodies_that_commit_before_one_marker_are_a_doubt_there():
    action = read("1.1 Ofgem agreed to write. DCC was content. Elexon agreed to draw.\n\nAction 5/01\n").actions[0]
    assert (action.owner, action.text) == ("Elexon", "Elexon agreed to draw.")
    assert action.doubt == "Ofgem commits as well before this marker."


def test_a_marker_after_a_list_closes_the_list():
    action = read("1.1 DCC agreed to:\n• count the meters\n• list the flows\n\nAction 5/01\n").actions[0]
    assert (action.owner, action.text) == ("DCC", "DCC agreed to: count the meters; list the flows.")


# Questions

TABLE = """\
| No. | Question | Raised by | DCC response |
| 1 | Who may fetch a read | IWG4 | Not known yet |
| 2 | When? | DCC | |
"""


def test_questions_of_a_table_stand_at_its_paragraph_with_their_answers():
    report = read(f"1.1 These are open:\n\n{TABLE}\n1.2 Next.", groups=["IWG"])
    asked = report.questions[0]
    assert (asked.text, asked.paragraph, asked.bullet) == ("Who may fetch a read", "1.1", 1)
    assert (asked.meetings, asked.answer) == (("IWG4",), "Not known yet")


def test_comments_of_a_table_with_responses_are_questions_where_they_ask():
    rows = ["Respondent | Comment | Response", "DCC | We agree. | Noted.", "RECCo | Who pays for it all? | Ofgem."]
    table = "\n".join(rows)
    assert [q.text for q in read(f"1.1 Comments were:\n\n{table}").questions] == ["Who pays for it all?"]


def test_an_annex_repeats_questions_once_and_adds_its_own():
    annex = "Annex A: questions for DCC\n\nQ1. Who may fetch a read?\nQ2. What does it cost?\n"
    asked = list_questions(read(f"1.1 These are open:\n\n{TABLE}\n{annex}"))
    assert asked[2:] == [("What does it cost?", "Annex A", 2)]


def test_a_numbered_list_of_questions_needs_no_question_marks():
    asked = "2.1 Ofgem has these questions:\n\n1. Who pays\n2. Who checks\n3. How often\n\n"
    report = read(f"{asked}2.2 They go out.\n\n3. Close\n\n3.1 Bye.\n")
    assert [q.bullet for q in report.questions] == [1, 2, 3]
    assert [section.title for section in report.sections] == ["Close"]


def test_a_list_under_a_title_of_questions_is_one_and_what_follows_it_is_no_item():
    body = (
        "2. Questions for DCC\n\n2.1 Still open are\n\n1. How long\n2. Who else\n\nAnswers are wanted.\n\n2.2 Next.\n"
    )
    report = read(body)
    assert [q.text for q in report.questions] == ["How long", "Who else"]
    assert [note.text for note in report.unplaced] == ["Answers are wanted."]


def test_a_log_of_questions_and_answers_gives_both():
    body = "1.1 The questions were:\n\nQ1: Who reads?\nA1: The MDR,\nor nobody.\n\nQ2: May two?\nA2: Not yet known.\n"
    asked = [(q.text, q.answer) for q in read(body).questions]
    assert asked == [("Who reads?", "The MDR, or nobody."), ("May two?", "Not yet known.")]


def test_half_a_question_in_quotation_marks_is_told_of_and_not_asked():
    assert read('1.1 The last one should end "on demand or by schedule?".').questions == []


# Numbers, headings, meetings


def test_letters_and_third_levels_are_paragraphs():
    body = "2.1 Options:\n2.1.1 The first.\n2.1.2 The second.\n2.2 Some.\n2.2A A late paper.\n2.3 More."
    assert [p.number for p in read(body).paragraphs] == ["2.1", "2.1.1", "2.1.2", "2.2", "2.2A", "2.3"]


@pytest.mark.parametrize("line", ["2.5 MW of it", "1.2 million of them", "1.2 % of all"])
def test_a_quantity_at_the_head_of_a_line_is_no_paragraph(line):
    assert [p.number for p in read(f"1.1 It takes\n{line}.\n\n1.3 Next.").paragraphs] == ["1.1", "1.3"]


@pytest.mark.parametrize(
    "heading",
    ["3. What is left of the estimates (Action\n4/05)", "Estimates for which no read has come\n(Action 4/05)"],
)
def test_a_heading_that_wraps_is_one(heading):
    report = read(f"2.1 Over.\n\n{heading}\n\n3.1 Next.")
    assert [(m.reference, m.paragraph) for m in report.mentions] == [("4/05", "3.1")]
    assert report.unplaced == []


def test_leaps_in_numbers_raise_a_doubt():
    told = [note.text for note in read("1.1 One.\n\n1.4 DCC agreed to go.\n\nAction 5/03\n").warnings]
    assert told == [
        "Paragraph 1.4 follows 1.1: one is missing.",
        "No action is numbered 1, 2 here: one may be missing.",
    ]


@pytest.mark.parametrize(
    "words",
    ["IWG6 meets on 7 July 2021.", "The next meeting is planned for 7 July.", "IWG6 will be held on 7 July 2021."],
)
def test_the_next_meeting_is_announced_in_many_ways(words):
    assert read(f"1.1 {words}", groups=["IWG"]).next_meeting.held_on == date(2021, 7, 7)


def test_a_bare_date_under_its_title_is_the_next_meeting():
    assert read("1.1 Bye.\n\n2. Next meeting\n\n2.1 7 July 2021").next_meeting == NextMeeting(None, date(2021, 7, 7))


def test_a_date_in_a_section_without_paragraphs_is_the_next_meeting():
    report = read("1.1 Bye.\n\n2. Date of next meeting\n\n7 July 2021, 10:00\n")
    assert (report.next_meeting, len(report.sections)) == (NextMeeting(None, date(2021, 7, 7)), 1)


def test_a_joint_meeting_is_of_both_groups_and_each_has_its_actions():
    header = HEADER.replace("Meeting number: {number}", "Meeting number: IWG5 / DWG20")
    report = read("1.1 DCC agreed to go.\n\nAction 5/01\n\n1.2 Elexon agreed to stay.\n\nAction 20/01\n", header=header)
    assert (report.meeting.name, report.meeting.held_with) == ("IWG5", (("DWG", 20),))
    assert [(a.reference, a.group, bool(a.doubt)) for a in report.actions] == [
        ("5/01", "", False),
        ("20/01", "DWG", True),
    ]


# Which group


@pytest.mark.parametrize(
    "name", ["Code Change & Development\nGroup – MHHS SCR", "Code Change & Development Group", "CCDG"]
)
def test_a_group_is_known_from_all_that_names_it(name):
    header = HEADER.replace("Interface Working Group (IWG)", name)
    report = read("1.1 The Chair opened CCDG5.\n\n1.2 CCDG members met. CCDG6 is next.", header=header, groups=["CCDG"])
    assert (report.meeting.group, report.meeting.doubt) == ("CCDG", "")


def test_a_group_that_the_text_does_not_agree_on_is_a_doubt():
    report = read("1.1 The Chair opened DWG5.\n\n1.2 DWG members were content, and DWG6 is next.")
    assert "IWG" in report.meeting.doubt
    assert "DWG" in report.meeting.doubt


# The MHHS Programme's Design Advisory Group: tables alone

PROGRAMME = """\
DAG Headline Report

Meeting number     DAG 007                          Venue            Online
Date and time      2 June 2022 1000-1200            Classification   Public

Actions

Area                 Action Ref   Action                          Owner           Due
Design               DAG07-01     List the open artefacts         Programme (AB)  16/06/2022
                     DAG07-02     Say what touches the DCC        DCC             16/06/2022

Decisions

Area                 Dec Ref      Decision
Minutes              DAG-DEC09    The minutes of May were approved

Key discussion items

Area                 Discussion
Minutes              DAG06-04: closed.
Design               A supplier wondered about the interfaces.
                     Question raised: may a flow be dropped without the DAG?
Next meeting         7 July 2022 10:00
"""


def test_a_report_of_tables_alone_is_read_whole():
    report = headline_report.read_report(read_text(PROGRAMME), bodies=BODIES)
    assert (report.meeting.name, report.meeting.held_on) == ("DAG7", date(2022, 6, 2))
    assert list_actions(report) == [
        ("DAG07-01", "Design", "Programme (AB)", "16/06/2022"),
        ("DAG07-02", "Design", "DCC", "16/06/2022"),
    ]
    assert [(d.reference, d.paragraph) for d in report.decisions] == [("DAG-DEC09", "Minutes")]
    assert [(m.reference, m.paragraph) for m in report.mentions] == [("DAG06-04", "Minutes")]
    assert list_questions(report) == [("may a flow be dropped without the DAG?", "Design", None)]
    assert report.next_meeting == NextMeeting(None, date(2022, 7, 7))


def test_a_decision_on_a_line_of_its_own_is_recorded():
    report = read("1.1 The paper was taken.\n\nDECISION IWG-DEC42: The paper is approved.\n")
    assert [(d.reference, d.text, d.paragraph) for d in report.decisions] == [
        ("IWG-DEC42", "The paper is approved.", "1.1")
    ]


# References of other shapes


@pytest.mark.parametrize(
    ("reference", "shape"),
    [
        ("DAG14-01", ReferenceShape("DAG", "", 0, "-", 2)),
        ("SECP_101_04", ReferenceShape("SECP", "_", 0, "_", 2)),
        ("EBC 0401", ReferenceShape("EBC", " ", 2, "", 2)),
        ("0606", ReferenceShape("", "", 2, "", 2)),
        ("15/10", ReferenceShape()),
    ],
)
def test_the_shape_of_a_reference_is_known_from_one(reference, shape):
    assert infer_shape(reference) == shape
    references = References([shape])
    assert references.find(f"As Action {reference} says.") == [reference]
    assert shape.format(references.get_meeting_number(reference), references.get_number(reference)) == reference


@pytest.mark.parametrize("marker", ["Action SECP_101_04", "SECP_101_04: DCC to count the meters", "ACTION SECP_101_04"])
def test_a_group_that_declared_its_shape_has_its_markers_read(marker):
    header = HEADER.replace("Interface Working Group (IWG)", "SECP")
    report = read(
        f"1.1 DCC agreed to count.\n\n{marker}\n",
        number=101,
        header=header,
        shapes={"SECP": ReferenceShape("SECP", "_", 0, "_", 2)},
    )
    assert [(a.reference, a.owner) for a in report.actions] == [("SECP_101_04", "DCC")]


@pytest.mark.parametrize("other", [PROGRAMME, PROGRAMME.replace("007", "008")])
def test_two_reports_of_tables_in_one_file_are_refused(other):
    with pytest.raises(NotAReport, match="second one begins"):
        headline_report.read_report(read_text(PROGRAMME + other))


def test_a_header_on_every_page_is_no_second_report():
    header = HEADER.replace("{number}", "5")
    assert len(read(f"1.1 One.\n\n{header}1.2 Two.\n\n{header}1.3 Three.").paragraphs) == 3


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.sampled_from(["0606", "3", "DAG07-01", "101/7", "EBC 0401", "Action 9", "", "1/2/3", "²"]), min_size=1),
    st.sampled_from(["5", "101", "0", "9999", "DAG 007"]),
)
def test_whatever_stands_in_a_column_of_references_is_read_or_refused(written, number):
    rows = "".join(f"{reference} | Count the meters | DCC\n" for reference in written)
    body = f"1.1 The group met.\n\nRef | Action | Owner\n{rows}\nACTION 4: DCC to count the reads.\n\nACTION 0606\n"
    with suppress(NotAReport):
        assert read(body, number=number).paragraphs
