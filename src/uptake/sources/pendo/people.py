"""What Pendo knows of accounts, visitors and guides beside their use, out of the objects it answers with.

Each subscription names its own metadata. What an account is called is found by the names that are usual.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from uptake.kit.http import Odd
from uptake.sources.fields import is_present
from uptake.sources.pull import AccountSeen, from_milliseconds

GROUPS = ("agent", "custom", "salesforce", "hubspot")
NAMES = ("name", "accountname", "companyname", "displayname", "company", "customername")
DOMAINS = ("domain", "emaildomain", "companydomain", "website", "websiteurl", "url")
CRM_IDS = ("salesforceid", "salesforceaccountid", "sfdcid", "sfid", "crmid", "hubspotid", "crmaccountid", "accountid")
OWN_IDS = ("id", "accountid", "companyid", "hsobjectid")  # inside what a CRM itself put there
CRMS = ("salesforce", "hubspot")
EMAILS = ("email", "emailaddress", "mail", "useremail")


@dataclass(frozen=True)
class VisitorSeen:
    """A visitor as Pendo knows them; empty: it does not say."""

    visitor_id: str
    email: str = ""
    account_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Guide:
    """A guide and its steps in order: a visitor who advanced past the last of them completed it."""

    guide_id: str
    name: str
    step_ids: tuple[str, ...]
    state: str = ""  # public, staged, draft, disabled


def account_seen(row: Mapping[str, Any]) -> AccountSeen | None:
    """None for a row that names no account, such as a placeholder left in the install snippet."""
    if not is_present(row.get("accountId")):
        return None
    metadata = _object(row, "metadata")
    auto = _object(metadata, "auto")
    return AccountSeen(
        account_id=str(row["accountId"]),
        name=_found(metadata, GROUPS, NAMES),
        domain=_host(_found(metadata, GROUPS, DOMAINS)),
        crm_id=_found(metadata, CRMS, OWN_IDS) or _found(metadata, GROUPS, CRM_IDS),
        first_at=from_milliseconds(auto.get("firstvisit")),
        last_at=from_milliseconds(auto.get("lastvisit")),
    )


def visitor_seen(row: Mapping[str, Any]) -> VisitorSeen | None:
    """None for a row that names no visitor."""
    if not is_present(row.get("visitorId")):
        return None
    metadata = _object(row, "metadata")
    auto = _object(metadata, "auto")
    several = auto.get("accountids")
    accounts = several if isinstance(several, list) and several else [auto.get("accountid")]
    return VisitorSeen(
        visitor_id=str(row["visitorId"]),
        email=_found(metadata, GROUPS, EMAILS),
        account_ids=tuple(dict.fromkeys(str(each) for each in accounts if is_present(each))),
    )


def guide_of(record: Mapping[str, Any]) -> Guide:
    """Raises Odd for a guide without an id."""
    number = record.get("id")
    if not is_present(number):
        raise Odd("Pendo answers with a guide that has no id.")
    steps = record.get("steps")
    listed = steps if isinstance(steps, list) else []
    ids = [step.get("id") for step in listed if isinstance(step, Mapping)]
    return Guide(
        guide_id=str(number),
        name=str(record.get("name") or number),
        step_ids=tuple(str(each) for each in ids if is_present(each)),
        state=str(record.get("state") or ""),
    )


def _object(row: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = row.get(key)
    return value if isinstance(value, Mapping) else {}


def _found(metadata: Mapping[str, Any], groups: tuple[str, ...], names: tuple[str, ...]) -> str:
    """The first value under one of these names, the best name first; empty where there is none."""
    for name in names:
        for value in _values(metadata, groups, name):
            if is_present(value):
                return str(value).strip()
    return ""


def _values(metadata: Mapping[str, Any], groups: tuple[str, ...], name: str) -> Iterator[Any]:
    for group in groups:
        for key, value in _object(metadata, group).items():
            if (
                re.sub(r"[^a-z0-9]", "", str(key).lower()) == name
                and isinstance(value, str | int)
                and not isinstance(value, bool)
            ):
                yield value


def _host(text: str) -> str:
    """The domain of what may be a web address or an e-mail address."""
    host = re.sub(r"^[a-z]+://", "", text.strip().lower()).partition("/")[0].rpartition("@")[2].partition(":")[0]
    return host.removeprefix("www.") if "." in host else ""
