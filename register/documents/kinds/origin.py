from typing import Any

from register.documents.kinds.kind import Kind
from register.models import Origin


class OriginKind(Kind):
    model = Origin

    def describe(self, row: Any, *, is_new: bool) -> str:
        return f"Imported from paragraph {row.paragraph} of a headline report"
