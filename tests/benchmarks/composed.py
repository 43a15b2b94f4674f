"""A question's document put together from the register's tables by one statement: what the floor reads.

It says what a reader of public questions is told, in the dialect of either engine.
"""

_SHAPE = """
    {obj}(
        'reference', q.reference, 'url', '/api/v1/questions/' || q.reference || '/', 'title', q.title, 'text', q.text,
        'topic', t.name, 'status', q.status,
        'holder', CASE q.status WHEN 'raised' THEN 'Triage' WHEN 'open' THEN o.name WHEN 'awaiting_input' THEN w.name
            WHEN 'in_review' THEN 'Members' WHEN 'agreed' THEN 'Triage'
            WHEN 'deferred' THEN coalesce(o.name, 'Triage') END,
        'owner', o.name, 'assignee', NULL, 'priority', nullif(q.priority, ''), 'classification', q.classification,
        'due_on', q.due_on, 'raised_on', q.raised_on,
        'recorded_at', {recorded_at}, 'status_since', {status_since}, 'working_days_before', q.working_days_before,
        'clock_runs', {clock_runs}, 'waiting_on', w.name, 'review_by', q.review_by, 'revisit_on', q.revisit_on,
        'agreed_answer', (SELECT number FROM register_answer
            WHERE id = q.agreed_answer_id AND classification = 'public'),
        'decided_at', (SELECT g.name || m.number FROM register_meeting m JOIN register_group g ON g.id = m.group_id
            WHERE m.id = q.decided_at_id), 'disposition', nullif(q.disposition, ''), 'outcome', nullif(q.outcome, ''),
        'merged_into', (SELECT reference FROM register_question
            WHERE id = q.merged_into_id AND classification = 'public'),
        'merged_into_url', (SELECT '/api/v1/questions/' || reference || '/' FROM register_question
            WHERE id = q.merged_into_id AND classification = 'public'),
        'split_from', (SELECT reference FROM register_question
            WHERE id = q.split_from_id AND classification = 'public'),
        'meetings', {meetings}, 'schedulings', {schedulings}, 'meeting_outcomes', {outcomes},
        'actions', {actions}, 'answers', {answers},
        'version', (SELECT position FROM register_document
            WHERE kind = 'question' AND object_id = q.id AND clearance = 'public' AND body IS NOT NULL))
"""
_MEETING = """
    SELECT {obj}('meeting', g.name || m.number, 'held_on', m.held_on, 'url', '/api/v1/meetings/' || m.id || '/',
        'kind', l.kind, 'paragraph', nullif(l.paragraph, '')) AS part
    FROM register_meetinglink l JOIN register_meeting m ON m.id = l.meeting_id
        JOIN register_group g ON g.id = m.group_id
    WHERE l.question_id = q.id AND NOT l.struck_out ORDER BY l.id
"""
_SCHEDULING = """
    SELECT {obj}('meeting', g.name || m.number, 'held_on', m.held_on, 'cancelled', {cancelled},
        'url', '/api/v1/meetings/' || m.id || '/') AS part
    FROM register_agendaitem i JOIN register_meeting m ON m.id = i.meeting_id JOIN register_group g ON g.id = m.group_id
    WHERE i.question_id = q.id AND NOT i.struck_out ORDER BY i.id
"""
_OUTCOME = """
    SELECT {obj}('meeting', g.name || m.number, 'held_on', m.held_on, 'url', '/api/v1/meetings/' || m.id || '/',
        'result', u.result, 'deferred_to', h.name || d.number, 'paragraph', nullif(u.paragraph, ''),
        'note', nullif(u.note, '')) AS part
    FROM register_meetingoutcome u JOIN register_meeting m ON m.id = u.meeting_id
        JOIN register_group g ON g.id = m.group_id LEFT JOIN register_meeting d ON d.id = u.deferred_to_id
        LEFT JOIN register_group h ON h.id = d.group_id
    WHERE u.question_id = q.id AND NOT u.struck_out ORDER BY u.id
"""
_ACTION = """
    SELECT {obj}('reference', g.name || ' ' || a.reference, 'url', '/api/v1/actions/' || a.id || '/',
        'status', a.status, 'owner', coalesce(h.name || ' members', b.name), 'due_on', a.due_on) AS part
    FROM register_actionlink l JOIN register_action a ON a.id = l.action_id JOIN register_group g ON g.id = a.group_id
        LEFT JOIN register_group h ON h.id = a.owner_group_id LEFT JOIN register_organisation b ON b.id = a.owner_id
    WHERE l.question_id = q.id AND NOT l.struck_out AND a.classification = 'public' ORDER BY l.id
"""
_ANSWER = """
    SELECT {obj}('id', a.id, 'url', '/api/v1/answers/' || a.id || '/', 'number', a.number, 'status', a.status,
        'text', a.text, 'classification', a.classification, 'amended_at', (SELECT g.name || m.number
            FROM register_meeting m JOIN register_group g ON g.id = m.group_id WHERE m.id = a.amended_at_id),
        'reviews', {reviews}) AS part
    FROM register_answer a WHERE a.question_id = q.id AND a.classification = 'public' ORDER BY a.number
"""
_REVIEW = """
    SELECT position, count(*) AS held FROM register_review
    WHERE answer_id = a.id AND position <> 'no_response' AND classification = 'public' GROUP BY position
"""
_ROWS = """
    SELECT q.id, CAST({shape} AS text) FROM register_question q LEFT JOIN register_topic t ON t.id = q.topic_id
        LEFT JOIN register_organisation o ON o.id = q.owner_id
        LEFT JOIN register_organisation w ON w.id = q.waiting_on_id
    WHERE q.classification = 'public' AND {which}
"""
_RUNS = "q.status IN ('raised', 'open', 'in_review')"


def _time(column):
    """Return a time as PostgreSQL writes it for a document, without a fraction that is nought."""
    written = f"to_char(q.{column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US')"
    return f"replace({written}, '.000000', '') || 'Z'"


SQLITE = {
    "obj": "json_object",
    "many": "(SELECT json_group_array(json(part)) FROM ({rows}))",
    "named": "(SELECT json_group_object(position, held) FROM ({rows}))",
    "nested": "json({part})",
    "cancelled": "json(iif(m.cancelled, 'true', 'false'))",
    "clock_runs": f"json(iif({_RUNS}, 'true', 'false'))",
    "recorded_at": "replace(q.recorded_at, ' ', 'T') || 'Z'",
    "status_since": "replace(q.status_since, ' ', 'T') || 'Z'",
}
POSTGRESQL = {
    "obj": "json_build_object",
    "many": "(SELECT coalesce(json_agg(part), '[]') FROM ({rows}) parts)",
    "named": "(SELECT coalesce(json_object_agg(position, held), '{{}}') FROM ({rows}) parts)",
    "nested": "{part}",
    "cancelled": "m.cancelled",
    "clock_runs": _RUNS,
    "recorded_at": _time("recorded_at"),
    "status_since": _time("status_since"),
}


def composed(dialect, which):
    """Return the statement whose rows are (id, document as JSON) of the questions `q` of which a condition is true."""

    def nested(how, rows, **more):
        return dialect["nested"].format(part=dialect[how].format(rows=rows.format(**dialect, **more)))

    parts = {
        "meetings": nested("many", _MEETING),
        "schedulings": nested("many", _SCHEDULING),
        "outcomes": nested("many", _OUTCOME),
        "actions": nested("many", _ACTION),
        "answers": nested("many", _ANSWER, reviews=nested("named", _REVIEW)),
    }
    return _ROWS.format(shape=_SHAPE.format(**dialect, **parts), which=which)
