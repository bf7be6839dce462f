"""One message to one endpoint."""

import asyncio
import json
import time
from collections.abc import Mapping

import httpx
from django.conf import settings
from django.utils import timezone

from uptake.actions.webhook.models import Delivery
from uptake.actions.webhook.services import claim, note_answer
from uptake.actions.webhook.signing import BadAddress, address_of, sign, target_of
from uptake.kit.secrets import SecretLost, unseal

SECONDS = 15.0  # for all of it, from asking for the name's address to the answer's status; a claim lasts longer


def send(delivery_id: int) -> bool:
    """Send it if it is due; whether it was ours to send. What came of it is noted."""
    delivery = claim(delivery_id, timezone.now())
    if delivery is None:
        return False
    try:
        answered, message = _sent(delivery)
    except TimeoutError:
        answered, message = None, f"No answer within {SECONDS:g} seconds."
    except (BadAddress, SecretLost) as why:
        answered, message = None, str(why)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as why:  # whatever it is, the next one's turn must come
        answered, message = None, f"No answer: {type(why).__name__}."
    note_answer(delivery, answered=answered, message=message)
    return True


def _sent(delivery: Delivery) -> tuple[int, str]:
    """Connected to the very address that was checked. Raises TimeoutError."""
    until = time.monotonic() + SECONDS
    target = target_of(delivery.endpoint.url)
    address = address_of(delivery.endpoint.url, private=settings.UPTAKE.webhook_private)
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
    status = asyncio.run(_asked(target, address, headers, body, until - time.monotonic()))
    return status, "" if 200 <= status < 300 else f"Answered {status}."


async def _asked(target: httpx.URL, address: str, headers: Mapping[str, str], body: bytes, seconds: float) -> int:
    """The answer's status; no redirection is followed, and nothing is read beyond it.

    ``seconds`` bounds all of it: a limit for each read alone is never reached by a server that sends a byte now and then.
    """
    extensions = {"sni_hostname": target.raw_host.decode("ascii")}
    to = target.copy_with(host=address)
    async with (
        asyncio.timeout(seconds),
        httpx.AsyncClient(timeout=SECONDS + 1, follow_redirects=False, trust_env=False) as client,
        client.stream("POST", to, content=body, headers=headers, extensions=extensions) as answer,
    ):
        return answer.status_code
