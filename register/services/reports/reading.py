from register.characters import remove_unprintable
from register.headline_report import Report, read_report
from register.headline_report.files import extract_text
from register.models import Group, Organisation, Topic


def read_file(content: bytes) -> Report:
    """Return the `Report` in a file's bytes, with the register's topics and groups to go by. Raises NotAReport."""
    topics = {
        topic.name: [word for word in topic.keywords.split(",") if word.strip()] for topic in Topic.objects.current()
    }
    groups = list(Group.objects.values_list("name", flat=True))
    bodies = list(Organisation.objects.values_list("name", flat=True))
    file = extract_text(content)
    text = remove_unprintable(file.text.replace("\f", "\n"))
    report = read_report(text, topics=topics, groups=groups, bodies=bodies)
    report.left_out = file.left_out
    return report
