"""One message to the webhook, and what its answer means. The address is a secret: no error repeats it."""

from collections.abc import Sequence
from http.client import HTTPException
from urllib.error import URLError

from slack_sdk.models.blocks import Block
from slack_sdk.webhook import WebhookClient, WebhookResponse

from uptake.actions.delivery import DeliveryError, MayHaveBeenSent

TIMEOUT_SECONDS = 10

MEANINGS = {
    "invalid_payload": "it cannot read the message",
    "invalid_blocks": "it cannot draw the message",
    "no_text": "the message has no text",
    "user_not_found": "the person it goes to is gone",
    "action_prohibited": "an admin of the Slack workspace does not allow it",
    "channel_not_found": "the channel is gone",
    "channel_is_archived": "the channel is archived",
    "no_service": "the webhook was switched off or taken back",
    "no_active_hooks": "the webhook was switched off or taken back",
    "rollup_error": "something broke at Slack",
}


def post(webhook: str, *, text: str, blocks: Sequence[Block]) -> None:
    """Post it, once. ``text`` is what notifications and screen readers say.

    Raises DeliveryError when it was certainly not taken, MayHaveBeenSent when nobody can tell.
    """
    client = WebhookClient(webhook, timeout=TIMEOUT_SECONDS, retry_handlers=[])
    try:
        answer = client.send(text=text, blocks=list(blocks))
    except URLError as why:
        if isinstance(why.reason, TimeoutError):
            raise MayHaveBeenSent("Slack did not answer in time.") from None
        raise DeliveryError(f"Slack cannot be reached: {why.reason}.") from None
    except (TimeoutError, ConnectionError, HTTPException) as why:
        raise MayHaveBeenSent(f"The connection to Slack broke ({type(why).__name__}).") from None
    if answer.status_code != 200 or answer.body.strip() != "ok":
        raise _refused(answer)


def _refused(answer: WebhookResponse) -> DeliveryError:
    said = " ".join(answer.body.split())[:100]
    words = MEANINGS.get(said, f"it answered {answer.status_code}")
    if answer.status_code == 429:
        return DeliveryError("Slack asks to wait.", after=_seconds(answer))
    known = f" (“{said}”)" if said in MEANINGS else ""
    return DeliveryError(f"Slack did not take it: {words}{known}.", permanent=answer.status_code < 500)


def _seconds(answer: WebhookResponse) -> float | None:
    told = next((value for name, value in answer.headers.items() if name.lower() == "retry-after"), "")
    return float(told) if str(told).isdecimal() else None
