"""The Idempotency-Key of a request, as draft-ietf-httpapi-idempotency-key-header has it."""

import re

from rest_framework.exceptions import ValidationError

LONGEST = 255
BARE = re.compile("[ !#-~]+")  # as many clients send it, against the draft
STRING = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')  # RFC 9651, section 3.3.3
ASK = f'Give 1 to {LONGEST} printable ASCII characters in quotation marks: "8e03978e-40d5".'


def get_idempotency_key(request):
    """Return a request's key, or None. Raises ValidationError.

    A key is a string of RFC 9651. One without quotation marks is taken for the same as one with them.
    """
    header = request.headers.get("Idempotency-Key")
    if header is None:
        return None
    text = header.strip()
    quoted = STRING.fullmatch(text)
    key = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else text
    if not 1 <= len(key) <= LONGEST or not (quoted or BARE.fullmatch(text)):
        raise ValidationError({"Idempotency-Key": [ASK]})
    return key
