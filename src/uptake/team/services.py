"""What is done about teammates, and the note that every change leaves."""

from typing import Any

from uptake.team.models import AuditRecord, Teammate


def record(by: Teammate | None, verb: str, subject: object, **details: Any) -> AuditRecord:
    """Write one line of the audit trail; ``by`` is None for the command line.

    Call it inside the transaction of the change, so that both stand or neither does.
    """
    return AuditRecord.objects.create(teammate=by, verb=verb, subject=str(subject)[:200], details=details)
