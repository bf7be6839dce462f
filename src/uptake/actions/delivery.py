"""What can come of handing a message to another system, whichever it is."""


class DeliveryError(Exception):
    """It was not sent. ``permanent``: trying again would not help. ``after``: seconds to wait, where it said so."""

    def __init__(self, message: str, *, permanent: bool = False, after: float | None = None) -> None:
        super().__init__(message)
        self.permanent, self.after = permanent, after


class MayHaveBeenSent(Exception):
    """The connection broke after the message was begun: only the recipient knows."""
