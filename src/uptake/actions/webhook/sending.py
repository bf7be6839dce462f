"""One message to one endpoint."""

import json

import httpx
from django.conf import settings
from django.utils import timezone

from uptake.actions.webhook.models import Delivery
from uptake.actions.webhook.services import claim, note_answer
from uptake.actions.webhook.signing import BadAddress, address_of, sign, target_of
from uptake.kit.secrets import SecretLost, unseal

SECONDS = 15.0


def send(delivery_id: int) -> bool:
    """Send it if it is due; whether it was ours to send. What came of it is noted."""
    delivery = claim(delivery_id, timezone.now())
    if delivery is None:
        return False
    try:
        answered, message = _sent(delivery)
    except (BadAddress, SecretLost) as why:
        answered, message = None, str(why)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as why:  # whatever it is, the next one's turn must come
        answered, message = None, f"No answer: {type(why).__name__}."
    note_answer(delivery, answered=answered, message=message)
    return True


def _sent(delivery: Delivery) -> tuple[int, str]:
    """Connected to the very address that was checked; no redirection is followed, and no answer is read beyond its status."""
    url = delivery.endpoint.url
    target = target_of(url)
    address = address_of(url, private=settings.UPTAKE.webhook_private)
    body = json.dumps(delivery.payload, ensure_ascii=False, separators=(",", ":")).encode()
    now = int(timezone.now().timestamp())
    secret = unseal(delivery.endpoint.sealed, key=settings.SECRET_KEY)
    headers = {
        "host": target.netloc.decode("ascii"),
        "content-type": "application/json",
        "user-agent": "Uptake-Webhooks/1",
        "webhook-id": delivery.message_id,
        "webhook-timestamp": str(now),
        "webhook-signature": sign(secret, delivery.message_id, now, body),
    }
    extensions = {"sni_hostname": target.raw_host.decode("ascii")}
    to = target.copy_with(host=address)
    with (
        httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=False) as client,
        client.stream("POST", to, content=body, headers=headers, extensions=extensions) as answer,
    ):
        said = "" if answer.is_success else f"Answered {answer.status_code}."
        return answer.status_code, said
