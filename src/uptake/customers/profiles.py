"""What a platform tells of an account besides its id: a name, a domain, the id in the CRM."""

from collections.abc import Iterable
from typing import Protocol

from django.db import transaction

from uptake.customers.models import AccountProfile
from uptake.customers.names import LONGEST_TEXT, domain_key


class Seen(Protocol):
    """An account as a platform tells of it."""

    @property
    def account_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def domain(self) -> str: ...
    @property
    def crm_id(self) -> str: ...


@transaction.atomic
def note_profiles(source: str, seen: Iterable[Seen]) -> int:
    """Keep what is told now; what is no longer told of an account stays as it was. Returns how many are known so."""
    rows = {
        each.account_id: AccountProfile(
            source=source,
            account_id=each.account_id,
            name=_kept(each.name),
            domain=domain_key(each.domain)[:253],
            crm_id=_kept(each.crm_id)[:100],
        )
        for each in seen
        if each.account_id and len(each.account_id) <= LONGEST_TEXT and "\x00" not in each.account_id
    }
    AccountProfile.objects.bulk_create(
        rows.values(),
        batch_size=2_000,
        update_conflicts=True,
        unique_fields=["source", "account_id"],
        update_fields=["name", "domain", "crm_id", "told_at"],
    )
    return len(rows)


def _kept(text: str) -> str:
    return text.replace("\x00", "").strip()[:LONGEST_TEXT]
