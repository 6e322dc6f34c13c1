"""The life of a stored file: closed until it is checked, and for ever where something was found."""

from audit.models import Visibility
from audit.transitions import Step, Table, register
from files import rules
from files.models import FileState, StoredFile

QUARANTINED, CLEAN, REFUSED = FileState.QUARANTINED, FileState.CLEAN, FileState.REFUSED
SCANNER = "the marketplace, on its scanner's word,"

TABLE = register(
    Table(
        model=StoredFile,
        noun="file",
        challenge_id=lambda stored: None,
        steps=(
            Step(
                "pass", (QUARANTINED,), CLEAN, rules.may_check, SCANNER, "file.passed", visibility=Visibility.SUPPLIER
            ),
            Step(
                "refuse", (QUARANTINED, CLEAN), REFUSED, rules.may_check, SCANNER, "file.refused",
                visibility=Visibility.SUPPLIER, needs_reason=True,
            ),
        ),
    )
)  # fmt: skip
