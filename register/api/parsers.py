import io
import json

from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser

LARGEST_BODY = 1_000_000  # bytes


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = f"Send at most {LARGEST_BODY:,} bytes."


class BoundedJSONParser(JSONParser):
    """JSON of a bounded size, refused like any other malformed body where it nests deeper than the parser goes."""

    def parse(self, stream, media_type=None, parser_context=None):
        body = stream.read(LARGEST_BODY + 1)
        if len(body) > LARGEST_BODY:
            raise TooLarge
        try:
            data = super().parse(io.BytesIO(body), media_type, parser_context)
            json.dumps(data, ensure_ascii=False).encode()
        except RecursionError:
            raise ParseError("Nest the JSON less deeply.") from None
        except UnicodeEncodeError:
            raise ParseError("Leave out halves of characters: surrogates stand in pairs.") from None
        return data
