"""One row of the rule table."""

from __future__ import annotations

from msgspec import Struct

from midlpy.diagnostics import Severity

ERROR = Severity.ERROR
WARNING = Severity.WARNING
NOTE = Severity.NOTE


class Rule(Struct, frozen=True):
    """What ``midlpy explain`` tells about one diagnostic.

    *midl* is the number that Microsoft documents for the same mistake, None when it
    documents none. *strict* is the severity under ``--strict`` where it differs.
    *on_request* keeps it silent unless ``-W`` or ``--strict`` asks for it.
    *example* is the smallest IDL that breaks the rule, with *acf* beside it: a file when
    it has an interface, otherwise the body of one. It is empty for mistakes that take
    more than a text, such as a missing file.
    """

    slug: str
    midl: int | None
    severity: Severity
    title: str
    cause: str
    remedy: str
    example: str = ""
    acf: str = ""
    strict: Severity | None = None
    on_request: bool = False
    source: str = "MIDL reference"

    @property
    def level(self) -> str:
        """How it is taken when nothing is said: a severity, or ``off``."""
        return "off" if self.on_request else self.severity.value
