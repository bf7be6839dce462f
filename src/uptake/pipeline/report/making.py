"""One customer's report: who may have it, its values, its PDF."""

import re
from dataclasses import dataclass
from datetime import date

from uptake.kit.days import Period
from uptake.kit.errors import ProductError
from uptake.pipeline.dashboard import dashboard
from uptake.pipeline.dashboard.view import Dashboard
from uptake.pipeline.models import ReportEdition
from uptake.pipeline.report import customer_safe, internal
from uptake.pipeline.report.branding import branding
from uptake.pipeline.report.document import PAPERS, typeset
from uptake.pipeline.scoring import DEFAULT_PERIOD
from uptake.team.models import Role, Teammate
from uptake.team.rights import Right, require


class UnknownEdition(ProductError):
    """Not an edition that reports come in."""

    status = 400


class UnknownPaper(ProductError):
    """Not a size that reports come in."""

    status = 400


@dataclass(frozen=True)
class Report:
    """A finished PDF, and what it tells."""

    customer_id: int
    customer: str
    edition: str
    as_of: date
    period: Period
    pdf: bytes

    @property
    def file_name(self) -> str:
        """In letters that every mail program and disk takes."""
        plain = re.sub(r"[^a-z0-9]+", "-", self.customer.lower()).strip("-")[:60] or f"customer-{self.customer_id}"
        return f"{plain}-{self.as_of}{'-internal' if self.edition == 'internal' else ''}.pdf"


def report(
    teammate: Teammate,
    customer_id: int,
    *,
    edition: str = "internal",
    as_of: date | None = None,
    period: Period = DEFAULT_PERIOD,
    comparison: str = "peers",
    paper: str = "a4",
) -> Report:
    """The customer's dashboard as a PDF.

    Raises what ``dashboard`` raises, NotAllowed without the right to export, UnknownEdition, UnknownPaper, NoLogo.
    """
    require(teammate, Right.EXPORT)
    checked(edition, paper)
    told = dashboard(teammate, customer_id, as_of=as_of, period=period, comparison=comparison)
    return made_of(told, edition, paper=paper)


def made_of(told: Dashboard, edition: str, *, paper: str = "a4") -> Report:
    """A dashboard that was worked out already, as a report."""
    return Report(told.customer_id, told.customer, edition, told.as_of, told.period, pdf_of(told, edition, paper=paper))


def checked(edition: str, paper: str) -> None:
    """Raises UnknownEdition or UnknownPaper, before anything is worked out."""
    if edition not in ReportEdition.values:
        raise UnknownEdition(f"“{edition}” is no edition; use {' or '.join(ReportEdition.values)}.")
    if paper not in PAPERS:
        raise UnknownPaper(f"“{paper}” is no paper size; use {' or '.join(PAPERS)}.")


def pdf_of(told: Dashboard, edition: str, *, paper: str = "a4") -> bytes:
    """The dashboard's values typeset in one edition."""
    if edition == "customer":
        return typeset(customer_safe.TEMPLATE, customer_safe.safe_report(told), branding=branding(), paper=paper)
    return typeset(internal.TEMPLATE, internal.internal_report(told), branding=branding(), paper=paper)


def whoever_runs_it() -> Teammate:
    """On the command line: whoever may run it holds the home with everything in it. Never saved."""
    return Teammate(role=Role.ADMIN)
