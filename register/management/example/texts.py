"""What the questions of the example are called. Each text says that it is an example."""

SUBJECTS = (
    "interval reads from first-generation meters",
    "reads in the week after a change of supplier",
    "consent to half-hourly data",
    "proof of identity before a read is taken",
    "on-demand reads on a settlement day",
    "reads that fail twice",
    "export meters",
    "reads at a change of tenancy",
    "unmetered supplies",
    "advanced meters",
    "prepayment meters",
    "sites that have lost their signal",
)
# (what is asked, why, the topic by its name)
ASKS = (
    ("Who is responsible for {}?", "Two parties each believe that the other is.", "MDR role"),
    ("How often are {} to be expected?", "The design assumes daily, the pilot saw weekly.", "Read frequency"),
    ("What happens on demand with {}?", "The request path was left open in the last draft.", "On-demand reads"),
    ("What does the privacy assessment say of {}?", "The assessment predates the change.", "Privacy assessment"),
    ("Who is identified, and how, for {}?", "The check is described for other cases only.", "Identity checks"),
)
ANSWERS = (
    "The supplier is, from the day on which the registration takes effect. The DCC passes the data on and keeps none.",
    "Once a day by 10:00, and again on the next working day where the first attempt has failed.",
    "The request is refused with a code that says why, and is repeated after the schedule has run.",
    "It is treated as the existing assessment treats daily data; an addition to section 4 will say so.",
    "By the check that the code names today. No new one is needed before the next release.",
)
COMMENTS = {
    "agree_with_comments": "Agreed. Please name the code section that this changes.",
    "disagree": "This leaves the cost of the second attempt with whoever did not cause it.",
}


def make_title(number: int) -> str:
    """Return the title of the example question of that number, from 0; each is another up to 60."""
    ask, _, _ = ASKS[number % len(ASKS)]
    return ask.format(SUBJECTS[number % len(SUBJECTS)])


def make_text(number: int) -> str:
    _, why, _ = ASKS[number % len(ASKS)]
    return f"{why} The group wants one answer before testing begins.\n\n(An example, made to try the register with.)"


def get_topic_name(number: int) -> str:
    return ASKS[number % len(ASKS)][2]


def make_answer(number: int) -> str:
    return f"{ANSWERS[number % len(ANSWERS)]}\n\n(An example.)"
