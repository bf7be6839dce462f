"""What every list behind a number is made with: who asks, for which customer, and what was worked out of it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from uptake.customers.models import Customer
from uptake.insights import words
from uptake.kit.errors import ProductError
from uptake.pipeline.dashboard.facts import desk
from uptake.pipeline.dashboard.features import catalogue, feature_lines
from uptake.pipeline.dashboard.peers import Among
from uptake.pipeline.dashboard.people import Known, persons
from uptake.pipeline.dashboard.view import Behind, FeatureLine
from uptake.pipeline.dashboard.worked import Bools, Worked

Rows = Sequence[Mapping[str, Any]]


class NothingBehind(ProductError):
    """There is no list of that name."""

    status = 404


class Asking:
    """Who asks for a list, and of what."""

    def __init__(self, customer: Customer, found: Worked, known: Known, peers: Among) -> None:
        self.customer, self.found, self.known, self.peers = customer, found, known, peers

    def people(self, title: str, chosen: Bools, *, order: str = "uses") -> Behind:
        made = persons(self.found.today, chosen, self.known, order=order)
        return Behind("", title, "user", len(made), people=made)

    def features(self, title: str, keep: Callable[[FeatureLine], bool]) -> Behind:
        made = [line for line in self.lines() if keep(line)]
        return Behind("", title, "feature", len(made), features=made)

    def rows(self, title: str, noun: str, columns: Sequence[tuple[str, str]], rows: Rows) -> Behind:
        return Behind("", title, noun, len(rows), columns=columns, rows=rows)

    def lines(self) -> list[FeatureLine]:
        return feature_lines(self.found, self.peers, catalogue())

    @property
    def span(self) -> str:
        return words.span(self.found.asked.period)


def asked_of(found: Worked, question: str) -> list[dict[str, Any]]:
    """A question that only lists ask."""
    if question not in found.answers:
        with desk(found.known, found.asked, found.seen) as opened:
            [found.answers[question]] = opened.ask(question)
    rows: list[dict[str, Any]] = found.answers[question].to_pylist()
    return rows
