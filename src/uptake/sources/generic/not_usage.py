"""Tables that are no usage: invoices, tickets, customer lists, contacts. Told by what their headers speak of."""

from collections.abc import Iterable
from dataclasses import dataclass

from uptake.kit.remedies import Remedy
from uptake.sources.generic.headers import read_header
from uptake.sources.reading import MAP, NotRecognised, NotUsage, Table

ACCEPTED = (
    "Uptake takes usage: rows that say which customer used which feature when, as single events or as totals per day or month "
    "(exports of Pendo, Amplitude, Mixpanel, PostHog, Segment or GA4, or any CSV, Excel or JSON table like that)."
)


@dataclass(frozen=True)
class Kind:
    """A kind of table. One ``telling`` word is enough, of the ``usual`` ones it takes two.

    ``names_features``: such tables may well have a column “feature” or “product” and a date.
    """

    called: str
    telling: frozenset[str]
    usual: frozenset[str]
    names_features: bool = False


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip() for word in text.split(","))


KINDS = (
    Kind(
        "an invoice or payment list",
        _words("invoice, rechnung, rechnungsnummer, rechnungsdatum, facture, factura, vat, mwst, tva, iva, iban, umsatzsteuer"),
        _words(
            "amount, price, unit price, total amount, net, gross, tax, due, due date, currency, paid, payment, betrag, netto, "
            "brutto, preis, wahrung, fallig, falligkeit, montant, prix, devise, echeance, importe, precio, moneda, vencimiento, "
            "discount, refund, order, bestellung, quantity, menge, faelligkeit, bezahlt, zahlung, revenue, umsatz, sku"
        ),
        names_features=True,
    ),
    Kind(
        "a list of support tickets",
        _words("ticket, tickets, ticket id, ticket no, ticket number, ticket key, ticket nr, ticket status, "
            "case number, issue key, satisfaction score, csat, ticketnummer, first response, sla"),
        _words(
            "priority, prioritat, prioridad, priorite, severity, assignee, assigned, resolution, resolved, resolved at, closed, "
            "closed at, subject, betreff, asunto, objet, requester, status, escalation, response, reporter, bearbeiter, satisfaction"
        ),
        names_features=True,
    ),
    Kind(
        "a list of churned customers",
        _words("churn, churned, cancellation, kundigung, kuendigung"),
        _words("reason, refund, feedback, cancelled"),
    ),
    Kind(
        "a list of survey answers",
        _words("nps, nps score, survey, umfrage, encuesta, sondage"),
        _words("score, rating, comment, feedback, question, answer, response, kommentar"),
        names_features=True,
    ),
    Kind(
        "an attendance list of a webinar or event",
        _words("join time, leave time, meeting id, webinar id, registration, registration time, "
            "attended, attendee, webinar, ticket type, join, leave, rsvp"),
        _words("first name, last name, email, topic, host, participants, approval, guest, attendance, checked, registrant, duration"),
    ),
    Kind(
        "a list of customers or contracts",
        _words("signup, sign up, industry, branche, arr, mrr, acv, renewal, lifecycle, opportunity, deal, stage, close date"),
        _words(
            "plan, tier, seats, owner, segment, phone, website, employees, country, region, city, segment, start date, end date, "
            "since, industry, status, csm, contract, value, trial, billing, renew, secteur, land, pays, pais, sector, address, url"
        ),
    ),
    Kind(
        "a list of contacts",
        _words("first name, last name, vorname, nachname, prenom, apellido, apellidos, job title, linkedin"),
        _words("phone, telefon, telephone, telefono, mobile, title, position, address, street, strasse, city, zip, plz, birthday, name"),
    ),
)  # fmt: skip


def kind_of(headers: Iterable[str], *, clear: bool) -> Kind | None:
    """Which kind of other table the headers speak of, if any.

    ``clear``: the table otherwise looks like usage. Usage often carries the customer's plan or country along; only a
    telling word with two usual ones of a kind that names features itself speaks against it then.
    """
    best: tuple[int, Kind] | None = None
    taken_apart = [_parts(header) for header in headers]
    for kind in KINDS:
        telling = sum(bool(parts & kind.telling) for parts in taken_apart)
        usual = sum(bool(parts & kind.usual) and not parts & kind.telling for parts in taken_apart)
        enough = kind.names_features and telling >= 1 and usual >= 2 if clear else telling >= 1 or usual >= 2
        weight = 3 * telling + usual
        if enough and (best is None or weight > best[0]):
            best = weight, kind
    return best[1] if best else None


def _parts(header: str) -> frozenset[str]:
    words = read_header(header).words
    return frozenset(
        (
            *(word for word in words if word != "ticket"),
            " ".join(words),
            *(" ".join(words[n : n + 2]) for n in range(len(words) - 1)),
        )
    )


def refuse(table: Table, headers: Iterable[str], missing: str, kind: Kind | None) -> NotUsage:
    """The refusal of a table that the reader may know better: what was seen, what is missing, what is accepted."""
    seen = ", ".join(headers)
    seen = seen if len(seen) <= 200 else seen[:200].rsplit(", ", 1)[0] + ", …"
    looks = f"looks like {kind.called}, not usage" if kind else "does not look like usage"
    sentence = f"{table.name} {looks}: {missing}. Its columns are {seen}. {ACCEPTED}"
    return (NotUsage if kind else NotRecognised)(sentence, Remedy(MAP))


def refuse_one_column(table: Table) -> NotUsage:
    """The refusal of what has no columns to choose from."""
    return NotUsage(f"{table.name} does not look like usage: it has fewer than two columns. {ACCEPTED}")
