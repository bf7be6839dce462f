"""The customer's edition: markers in every field of the dashboard, and only those that may be shared come out."""

import dataclasses
import re
from datetime import date, timedelta

import pytest

from uptake.pipeline.dashboard import dashboard
from uptake.pipeline.dashboard.view import Figure
from uptake.pipeline.report import customer_safe, internal
from uptake.pipeline.report.branding import Branding
from uptake.pipeline.report.document import as_json, typeset
from uptake.pipeline.report.tests.reading import squeezed, text_of

pytestmark = pytest.mark.django_db(transaction=True)
PLAIN = Branding("", "#1f5a9e")
KEPT_AS_THEY_ARE = {"slug", "kind", "status", "trend", "how", "priority", "comparison"}  # codes that others look up by
SHARED = {
    "customer",
    *(f"figures.{slug}.{name}" for slug in customer_safe.SHAREABLE for name in ("shown", "change_shown")),
    "features.lines.feature",
    "entitled.lines.name",
    "entitled.lines.unit",
    "worth.lines.feature",
    "rhythm.zone",
    "rhythm.peak",
    "growth.milestones.words",
}


class Marking:
    """Puts a word of its own into every text of a value, and remembers where it stood."""

    def __init__(self):
        self.places = {}

    def marked(self, value, path=""):
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            here = f"{path}.{value.slug}" if isinstance(value, Figure) else path
            names = [field.name for field in dataclasses.fields(value)]
            changed = {
                name: getattr(value, name)
                if name in KEPT_AS_THEY_ARE
                else self.marked(getattr(value, name), f"{here}.{name}".strip(".").replace(".data", ""))
                for name in names
            }
            return dataclasses.replace(value, **changed)
        if isinstance(value, str):
            self.places[f"Q{len(self.places):04d}Z"] = path
            return f"Q{len(self.places) - 1:04d}Z"
        if isinstance(value, list | tuple):
            return type(value)(self.marked(each, path) for each in value)
        return value


def test_nothing_but_what_may_be_shared_comes_out(dorado):
    marking = Marking()
    told = marking.marked(_rich(dorado))
    assert len(set(marking.places.values())) > 60  # the walk found the fields
    safe = customer_safe.safe_report(told)
    pdf = typeset(customer_safe.TEMPLATE, safe, branding=PLAIN)
    for text in (as_json(safe), squeezed(text_of(pdf))):
        found = {marking.places[mark] for mark in re.findall(r"Q\d{4}Z", text)}
        assert found <= SHARED
        assert {"customer", "features.lines.feature", "figures.mau.shown", "entitled.lines.name"} <= found


def test_the_walk_would_notice(dorado):
    """The same markers come out of the internal edition."""
    marking = Marking()
    told = marking.marked(_rich(dorado))
    pdf = typeset(internal.TEMPLATE, internal.internal_report(told), branding=PLAIN)
    found = {marking.places[mark] for mark in re.findall(r"Q\d{4}Z", squeezed(text_of(pdf)))}
    assert {"peers", "score.parts.title", "figures.dormant.title", "advice.recommendation.title"} <= found
    assert {"growth.annotations.text", "users.quiet.name", "peer_view.lines.title"} <= found


def test_numbers_that_may_not_be_shared_stay_inside(dorado):
    """Score, percentiles, peers, prices: numbers that stand nowhere else."""
    told = _rich(dorado)
    secret = iter(range(770001, 780000))
    score = dataclasses.replace(told.score.data, score=next(secret), previous=next(secret), peers_median=next(secret))
    figures = [
        dataclasses.replace(each, peers_median=next(secret), peers_shown=str(next(secret)), percentile=next(secret))
        for each in told.figures.data
    ]
    lines = [
        dataclasses.replace(each, price=next(secret), unused_value=next(secret)) for each in told.entitled.data.lines
    ]
    entitled = dataclasses.replace(told.entitled.data, lines=lines, unused_value=next(secret))
    changed = dataclasses.replace(
        told,
        score=dataclasses.replace(told.score, data=score),
        figures=dataclasses.replace(told.figures, data=figures),
        entitled=dataclasses.replace(told.entitled, data=entitled),
    )
    safe = customer_safe.safe_report(changed)
    assert not re.search(r"77\d,?\d{3}", as_json(dataclasses.replace(safe, users=None, rhythm=None, growth=None)))
    assert not re.search(r"77\d,?\d{3}", text_of(typeset(customer_safe.TEMPLATE, safe, branding=PLAIN)))


def test_a_figure_gets_in_by_the_list_only():
    assert not {"dormant", "power_users", "stickiness", "usage_trend"} & set(customer_safe.SHAREABLE)
    words = " ".join(title for title, _ in customer_safe.SHAREABLE.values()).lower()
    assert not re.search(r"score|health|risk|peer|dormant|arr\b", words)


def _rich(dorado):
    """Dorado's dashboard with something in every part."""
    from uptake.insights.insight import Recommendation
    from uptake.pipeline.dashboard import add_annotation
    from uptake.pipeline.dashboard.view import Action, Advice, GuideLine, Guides, Tile, Worth, WorthLine

    add_annotation(dorado.ann, dorado.dorado.pk, on=date(2026, 6, 9), text="They think of leaving")
    told = dashboard(dorado.ann, dorado.dorado.pk)
    due = Recommendation(
        "rule", dorado.dorado.pk, "Dorado", "Call them", "They drift", ("Call",), "high", 3, None, ("Dan",), 9.0, "$9k",
        "task", 3.0, "USD", "Call",
    )  # fmt: skip
    worth = Worth([WorthLine("search", "Search", "Finds", 25, 3.0, 1.25)], 1.25, 25, "An hour saved.", 1)
    tour = GuideLine("g1", "pendo", "Tour", False, 3, 20, 12, 8, 0.4, 4, 1 / 3, False, told.as_of, "pendo:g1")
    guides = Guides([tour], None, False, "The tour was dismissed 8 times.")
    told = dataclasses.replace(
        told, advice=Tile([Advice(due, [Action("task", "Make a task")])]), worth=Tile(worth), guides=Tile(guides)
    )
    empty = [name for name, tile in vars(told).items() if isinstance(tile, Tile) and tile.data is None]
    assert empty == [], "a part without data hides nothing"
    assert told.as_of - timedelta(days=30) < date(2026, 6, 9)
    return told
