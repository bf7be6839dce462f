"""What is there when a list comes: read once, however many rows it has."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import available_timezones

from rapidfuzz import fuzz, process, utils

from uptake.customers.giving import possible_owners
from uptake.customers.lists.rows import Aside
from uptake.customers.models import Contract, Customer, CustomerDomain, Entitlement, Feature, FeatureName, Stakeholder
from uptake.customers.names import domain_key, name_key
from uptake.team.models import Teammate

MOST_SUGGESTED = 200  # rows for which nearest names are looked up: each goes through all customers
CLOSE_ENOUGH = 60.0
NEAREST = 3


class Known:
    """Customers with what they have, teammates and features, by what a list calls them."""

    def __init__(self) -> None:
        customers = list(Customer.objects.select_related("owner"))
        by_pk = {customer.pk: customer for customer in customers}
        self.all = customers
        for customer in customers:  # a parent is one of these very objects
            if customer.parent_id is not None:
                customer.parent = by_pk[customer.parent_id]
        self.by_slug = {customer.slug: customer for customer in customers}
        self.by_crm_id = {customer.crm_id: customer for customer in customers if customer.crm_id}
        self.by_domain: dict[str, Customer] = {}
        self.domains: dict[int, list[str]] = defaultdict(list)
        for domain, customer_id in CustomerDomain.objects.values_list("domain", "customer_id"):
            self.by_domain[domain] = by_pk[customer_id]
            self.domains[customer_id].append(domain)
        self.contracts: dict[int, list[Contract]] = defaultdict(list)
        for contract in Contract.objects.all():
            self.contracts[contract.customer_id].append(contract)
        self.entitlements: dict[int, list[Entitlement]] = defaultdict(list)
        for entitlement in Entitlement.objects.select_related("feature"):
            self.entitlements[entitlement.customer_id].append(entitlement)
        self.people: dict[int, list[Stakeholder]] = defaultdict(list)
        for person in Stakeholder.objects.all():
            self.people[person.customer_id].append(person)
        self._owners = _called(possible_owners())
        self._features = _features()
        self._zones = {zone.casefold(): zone for zone in available_timezones()}
        self._spellings = _spellings(customers, self.contracts)
        self.segments = frozenset(self._spellings["segment"].values())  # before the list says any
        self._suggested = 0

    def owner(self, text: str) -> Teammate | None:
        """By e-mail address, or by a whole name that one alone has."""
        return self._owners.get(text.casefold())

    def spelt(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """What the row says, with segment, region and plan spelt as they are here, or as an earlier row spelt them."""
        own = {
            key: names.setdefault(_bare(said[key]), said[key]) for key, names in self._spellings.items() if key in said
        }
        return {**said, **own}

    def feature(self, text: str) -> Feature | None:
        """The feature of that name, key or event name."""
        return self._features.get(name_key(text))

    def time_zone(self, text: str) -> str:
        """Raises Aside."""
        zone = self._zones.get(text.casefold())
        if zone is None:
            raise Aside(f"“{text[:60]}” is no time zone; use a name such as Europe/Berlin")
        return zone

    def find(self, text: str) -> Customer | None:
        """By name, CRM id or domain."""
        return self.by_slug.get(name_key(text)) or self.by_crm_id.get(text) or self.by_domain.get(domain_key(text))

    def nearest(self, text: str) -> str:
        """The names that are spelt most like it, as the end of a sentence."""
        self._suggested += 1
        if self._suggested > MOST_SUGGESTED:
            return ""
        names = [customer.name for customer in self.all if not customer.is_archived]
        close = process.extract(
            text,
            names,
            scorer=fuzz.WRatio,
            processor=utils.default_process,
            score_cutoff=CLOSE_ENOUGH,
            limit=NEAREST,
        )
        return f"; the nearest: {', '.join(f'“{name}”' for name, _, _ in close)}" if close else ""

    def add(self, customer: Customer) -> None:
        """A customer that the list makes: later rows may name it."""
        self.all.append(customer)
        self.by_slug[customer.slug] = customer
        if customer.crm_id:
            self.by_crm_id[customer.crm_id] = customer


def _called(teammates: Iterable[Teammate]) -> dict[str, Teammate]:
    found: dict[str, Teammate] = {}
    names: dict[str, list[Teammate]] = defaultdict(list)
    for teammate in teammates:
        found[teammate.email.casefold()] = teammate
        names[str(teammate).casefold()].append(teammate)
    return {name: those[0] for name, those in names.items() if len(those) == 1} | found


def _spellings(customers: Iterable[Customer], contracts: Mapping[int, list[Contract]]) -> dict[str, dict[str, str]]:
    """Segment, region and plan: without case and spaces -> the spelling that most have."""
    plans = (contract.plan for those in contracts.values() for contract in those)
    return {
        "segment": _most_used(customer.segment for customer in customers),
        "region": _most_used(customer.region for customer in customers),
        "plan": _most_used(plans),
    }


def _most_used(names: Iterable[str]) -> dict[str, str]:
    found = Counter(name for name in names if name)
    return {_bare(name): name for name, _ in reversed(found.most_common())}


def _bare(name: str) -> str:
    return "".join(name.split()).casefold()


def _features() -> dict[str, Feature]:
    features = {feature.pk: feature for feature in Feature.objects.all()}
    named = FeatureName.objects.values_list("event_key", "feature_id")
    found = {key: features[pk] for key, pk in named if pk in features}
    return found | {f.key: f for f in features.values()} | {name_key(f.name): f for f in features.values()}
