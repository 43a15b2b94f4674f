"""A mail as blocks: its own head is none of the report's, nor is what it quotes."""

import re
from email import message_from_bytes
from email.message import EmailMessage, MIMEPart
from email.policy import default

from register.headline_report.blocks import Document
from register.headline_report.formats.html import read_html
from register.headline_report.formats.plain import read_text
from register.headline_report.report import NotAReport

_OF_A_MAIL = re.compile(rb"\A\s*(?:[A-Za-z-]{2,40}:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}", re.M)


def is_mail(content: bytes) -> bool:
    """Return whether a file's bytes begin with the head of a mail, as mail programs save one."""
    head = _OF_A_MAIL.match(content[:20_000].replace(b"\r\n", b"\n"))
    fields = {line.split(b":")[0].strip().lower() for line in head[0].splitlines()} if head else set()
    return b"from" in fields and bool(fields & {b"mime-version", b"content-type", b"message-id", b"received"})


def read_mail(content: bytes) -> Document:
    """Return the `Document` of a mail's body. Raises NotAReport where it has none, or only an attached report."""
    message = message_from_bytes(content, policy=default)
    if not isinstance(message, EmailMessage):
        raise NotAReport("Give a whole mail: this one is damaged.")
    attached = [name for part in message.iter_attachments() if (name := part.get_filename())]
    body = message.get_body(("plain", "html"))
    if body is None:
        told = f": import {attached[0]} itself" if attached else ""
        raise NotAReport(f"Give a mail with text in it: this one has none{told}.")
    document = _read_body(body)
    document.left_out += [f"The mail has an attachment, not read: {name}." for name in attached]
    return document


def _read_body(body: MIMEPart) -> Document:
    try:
        text = body.get_content()
    except (LookupError, ValueError, KeyError):
        raise NotAReport("Give the mail's text itself: this one is in an encoding that is not known.") from None
    if body.get_content_subtype() == "html":
        return read_html(text.encode())
    kept = [line for line in text.splitlines() if not line.startswith(">")]
    document = read_text("\n".join(kept))
    if len(kept) < len(text.splitlines()):
        document.left_out.append("The mail quotes another one, not read.")
    return document
