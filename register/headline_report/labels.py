"""The labels of a report's header, and what each is of."""

LABELS = {
    "meeting name": "name",
    "name of meeting": "name",
    "group": "name",
    "meeting number": "number",
    "meeting no": "number",
    "date and time": "date",
    "meeting date": "date",
    "date of meeting": "date",
    "date": "date",
    "purpose of paper": "purpose",
    "purpose": "purpose",
    "classification": "classification",
    "venue": "venue",
    "location": "venue",
    "synopsis": "synopsis",
    "meeting time": "time",
}
