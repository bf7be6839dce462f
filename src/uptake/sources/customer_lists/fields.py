"""What a column of a customer list can mean, and how headers in English, German and French name it.

A phrase is compared without case, accents, spaces and what stands in brackets. ``weak`` names mean it only where no other
column names it better: “Name” is the customer's in a list of customers and the person's beside a column “Company”.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Literal

from uptake.sources.customer_lists.cells import without_currency
from uptake.sources.generic.headers import plain

Type = Literal["text", "day", "amount", "count", "flag", "limit", "currency"]


class Kind(StrEnum):
    """What rows of a list are about; a file may hold several at once."""

    CUSTOMERS = "customers"
    CONTRACTS = "contracts"
    ENTITLEMENTS = "entitlements"
    STAKEHOLDERS = "stakeholders"


@dataclass(frozen=True)
class Field:
    """One meaning. ``tells``: the header alone says that the table is a list, not usage."""

    key: str
    title: str
    strong: str
    weak: str = ""
    type: Type = "text"
    tells: bool = False


FIELDS: tuple[Field, ...] = (
    Field(
        "customer",
        "Customer",
        "customer, customer name, client, client name, account, account name, company, company name, organization, "
        "organisation, organization name, kunde, kundenname, name des kunden, firma, firmenname, unternehmen, nom du client, "
        "nom client, societe, entreprise, raison sociale, compte, nom du compte",
        weak="name, nom",
    ),
    Field(
        "crm_id",
        "CRM id",
        "crm id, customer id, account id, company id, client id, customer key, customer number, account number, kundennummer, "
        "kunden nr, kundennr, kunden id, debitor, debitorennummer, numero client, no client, id client, code client, "
        "salesforce id, hubspot id, external id",
        weak="key, id, record id, number, nummer, code",
    ),
    Field(
        "domain",
        "Domain",
        "domain, domains, email domain, domane, domaine, website, web site, site web, webseite, homepage",
        weak="url, internet",
        tells=True,
    ),
    Field(
        "segment",
        "Segment",
        "segment, customer segment, kundensegment, segment client, kundengruppe",
        weak="tier, customer tier",
        tells=True,
    ),
    Field(
        "region", "Region", "region, geo, territory, gebiet, vertriebsgebiet, territoire", weak="country, land, pays"
    ),
    Field(
        "owner",
        "CSM’s e-mail",
        "owner, owner email, account owner, customer owner, csm, csm email, customer success manager, account manager, "
        "betreuer, kundenbetreuer, verantwortlich, verantwortlicher, responsable, proprietaire, charge de compte",
        tells=True,
    ),
    Field("time_zone", "Time zone", "time zone, timezone, tz, zeitzone, fuseau horaire, fuseau", tells=True),
    Field(
        "working_days",
        "Working days",
        "working days, workdays, business days, work week, arbeitstage, werktage, arbeitswoche, jours ouvres, jours ouvrables",
        tells=True,
    ),
    Field(
        "parent",
        "Parent",
        "parent, parent account, parent company, parent customer, parent name, ultimate parent, holding, konzern, "
        "muttergesellschaft, mutterkonzern, mutterunternehmen, ubergeordneter kunde, societe mere, maison mere",
        weak="group, gruppe, groupe, mutter",
        tells=True,
    ),
    Field(
        "started_on",
        "Customer since",
        "customer since, customer start, customer start date, client since, kunde seit, kundenbeginn, client depuis",
        "since, seit",
        "day",
    ),
    Field(
        "starts_on",
        "Starts on",
        "start, starts, start date, starts on, first day, erster tag, premier jour, "
        "contract start, contract start date, subscription start, valid from, beginn, "
        "vertragsbeginn, startdatum, gultig ab, laufzeit von, debut, date de debut, debut du contrat, debut contrat, effective date",
        weak="from, von, ab, du",
        type="day",
    ),
    Field(
        "ends_on",
        "Ends on",
        "end, ends, end date, ends on, contract end, contract end date, subscription end, valid to, valid until, ende, vertragsende, "
        "enddatum, laufzeitende, gultig bis, laufzeit bis, fin, date de fin, fin du contrat, fin contrat, expiry, expiry date, "
        "expires, expires on, expiration date, echeance",
        weak="to, until, bis, au",
        type="day",
    ),
    Field(
        "renews_on",
        "Renews on",
        "renewal, renewal date, renews, renews on, next renewal, contract renewal, verlangerung, verlaengerung, "
        "verlangerungsdatum, vertragsverlangerung, nachste verlangerung, renouvellement, date de renouvellement",
        type="day",
        tells=True,
    ),
    Field(
        "arr",
        "ARR",
        "arr, acv, annual recurring revenue, annual contract value, annual value, contract value, contract amount, "
        "jahreswert, jahresbetrag, vertragswert, montant annuel, valeur du contrat, "
        "montant du contrat, revenu recurrent annuel",
        weak="amount, value, betrag, montant, valeur",
        type="amount",
        tells=True,
    ),
    Field("currency", "Currency", "currency, wahrung, waehrung, devise, monnaie, ccy", type="currency"),
    Field(
        "plan",
        "Plan",
        "plan, package, edition, subscription plan, plan name, tarif, paket, abonnement, abo, offre, forfait, vertragsart",
        weak="product, subscription, contract type, produkt, produit",
    ),
    Field(
        "seats",
        "Seats",
        "seats, licences, licenses, licensed users, licensed seats, purchased seats, number of seats, user licenses, lizenzen, "
        "anzahl lizenzen, benutzerlizenzen, nutzerlizenzen, platze, sieges, nombre de licences, licences utilisateurs",
        type="limit",
        tells=True,
    ),
    Field(
        "entitlement",
        "Feature or limit",
        "entitlement, entitlement name, limit name, berechtigung, leistung, droit, fonctionnalite",
        weak="feature, feature name, metric, item, funktion, merkmal, metrique, kennzahl",
    ),
    Field(
        "granted",
        "Granted",
        "granted, limit, quota, allowance, entitled, entitlement limit, kontingent, obergrenze, grenze, limite, "
        "included amount",
        weak="included, quantity, menge, quantite, inklusive",
        type="limit",
        tells=True,
    ),
    Field("unit", "Unit", "unit, units, einheit, unite"),
    Field(
        "price",
        "Price a year",
        "price, annual price, price per year, yearly price, preis, jahrespreis, prix, prix annuel",
        weak="fee, cost",
        type="amount",
        tells=True,
    ),
    Field(
        "person",
        "Person",
        "contact, contact name, contact person, stakeholder, stakeholder name, person, full name, ansprechpartner, "
        "ansprechpartnerin, kontakt, kontaktperson, interlocuteur, nom du contact, nom complet, contact principal",
        weak="name, nom",
    ),
    Field("first_name", "First name", "first name, given name, vorname, prenom"),
    Field("last_name", "Last name", "last name, surname, family name, nachname, nom de famille", weak="nom"),
    Field(
        "email",
        "Person’s e-mail",
        "email, e mail, email address, e mail address, mail, contact email, stakeholder email, work email, e mail adresse, "
        "mailadresse, adresse e mail, adresse mail, courriel",
    ),
    Field(
        "role",
        "Person’s role",
        "role, job title, title, position, rolle, jobtitel, titel, poste, fonction, stakeholder role, contact role",
        weak="funktion",
    ),
    Field("champion", "Champion", "champion, is champion, championne, fursprecher", type="flag", tells=True),
    Field(
        "sponsor", "Sponsor", "sponsor, is sponsor, executive sponsor, exec sponsor, sponsorin", type="flag", tells=True
    ),
)
BY_KEY = {field.key: field for field in FIELDS}
DAYS = tuple(field.key for field in FIELDS if field.type == "day")
NUMBERS = tuple(field.key for field in FIELDS if field.type in {"amount", "limit"})

_OF_CUSTOMERS = frozenset({"domain", "segment", "region", "owner", "time_zone", "working_days", "parent", "started_on"})
_OF_CONTRACTS = frozenset({"arr", "renews_on", "plan"})
_OF_PEOPLE = frozenset({"person", "first_name", "last_name", "email"})
_DATES = frozenset({"starts_on", "ends_on"})


def kinds_of(keys: frozenset[str]) -> tuple[Kind, ...]:
    """What rows with these columns are about. A CRM id beside anything else only says whose row it is."""
    grants = bool(keys & {"entitlement", "seats"})
    found = [
        (Kind.CUSTOMERS, bool(keys & _OF_CUSTOMERS)),
        (Kind.CONTRACTS, bool(keys & _OF_CONTRACTS) or (bool(keys & _DATES) and not grants)),
        (Kind.ENTITLEMENTS, grants),
        (Kind.STAKEHOLDERS, bool(keys & _OF_PEOPLE)),
    ]
    kinds = tuple(kind for kind, is_there in found if is_there)
    return kinds or (Kind.CUSTOMERS,)


@lru_cache(maxsize=4096)
def phrase(header: str) -> str:
    """``Kunden-Nr.`` → ``kundennr``, ``ARR (EUR)`` and ``ARR in €`` → ``arr``, ``customerName`` → ``customername``."""
    bare = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", header) if not re.fullmatch(r"\s*[(\[].*[)\]]\s*", header) else header
    return "".join(re.findall(r"[^\W_]+", plain(without_currency(bare) if without_currency(bare).strip() else bare)))


def _phrases(text: str) -> frozenset[str]:
    return frozenset(phrase(each) for each in text.split(",") if each.strip())


_TURNOVER = _phrases(
    "annual revenue, revenue, annual turnover, turnover, company revenue, account revenue, umsatz, jahresumsatz, "
    "chiffre d'affaires, chiffre d’affaires, chiffre d'affaires annuel, chiffre d’affaires annuel, ca annuel, revenu annuel, revenu"
)
_STRONG = {field.key: _phrases(field.strong) for field in FIELDS}
_WEAK = {field.key: _phrases(field.weak) for field in FIELDS}


def hint_of(header: str) -> str:
    """What a column that means nothing by itself could be. In CRMs “annual revenue” is what the customer itself turns over."""
    return "could be ARR: choose it if it is" if phrase(header) in _TURNOVER else ""


def meanings(headers: list[str]) -> dict[str, str]:
    """Meaning -> column: own names first, then what else a header may mean; a column means one thing."""
    found: dict[str, str] = {}
    left = dict.fromkeys(headers)
    for names in (_STRONG, _WEAK):
        for key, wanted in names.items():
            if key in found or (names is _WEAK and not _fits(key, found)):
                continue
            header = next((each for each in left if phrase(each) in wanted), None)
            if header is not None:
                found[key] = header
                del left[header]
    return found


def _fits(key: str, found: dict[str, str]) -> bool:
    """Whether a weak name may be taken so beside what is known: a lone “Name” is the customer's, not a person's."""
    if key == "last_name":
        return "first_name" in found
    if key == "entitlement":
        return not found.keys() & (_OF_PEOPLE - {"email"})
    if key == "role":
        return bool(found.keys() & _OF_PEOPLE)
    return key != "person" or ("customer" in found or "crm_id" in found)
