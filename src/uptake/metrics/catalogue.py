"""What the catalogue says of features: their category, and the tags that tell what they are for."""

import ibis
import ibis.expr.types as ir

from uptake.metrics.day_numbers import month_span
from uptake.metrics.ratios import ratio
from uptake.metrics.reach import users_behind
from uptake.metrics.visitors import activity
from uptake.metrics.windows import Windows, placed, within_reach

CATEGORIES = ("core", "advanced", "power")
TAGS = ("api", "integration", "content", "collaboration", "report")
KEYS = ("customer_id", "as_of")


def catalogue(event_names: ir.Table) -> ir.Table:
    """The features: feature_id (unique), category (null: nobody said), tags (null: none).

    In:     event_names: source, event_name, feature_id (null: no feature), category, tags (with commas between).
    """
    named = event_names.filter(event_names.feature_id.notnull())
    return named.group_by("feature_id").agg(category=named.category.max(), tags=named.tags.max())


def tagged(features: ir.Table) -> ir.Table:
    """feature_id, tag; a row per tag of a feature.

    In:     features as from ``catalogue``.
    """
    kinds = _values("tag", TAGS)
    rows = features.filter(features.tags.notnull()).cross_join(kinds)
    fits = ibis.literal(",").concat(rows.tags, ",").contains(ibis.literal(",").concat(rows.tag, ","))
    return rows.filter(fits).select("feature_id", "tag")


def category_breadth(cells: ir.Table, features: ir.Table) -> ir.Table:
    """Features of a category used at least once in the window, of those of it that are available.

    Unit:   ratio 0–1, per category.
    In:     cells as from ``reach``; features as from ``catalogue``.
    Out:    customer_id, as_of, category (core, advanced, power), category_breadth, category_used, category_available.
    Absent: a category of which nothing is available has no row; null where breadth is.
    Source: docs/definitions.md#category_breadth
    """
    rows = cells.filter(cells.is_available).join(features.select("feature_id", "category"), "feature_id")
    rows = rows.filter(rows.category.notnull())
    counted = rows.group_by(*KEYS, "category").agg(
        category_available=rows.count(), known=rows.uses.count(), used=(rows.uses > 0).sum()
    )
    used = ibis.ifelse(counted.known == counted.category_available, counted.used, ibis.null("int64"))
    return counted.select(
        *KEYS,
        "category",
        "category_available",
        category_used=used,
        category_breadth=ratio(used, counted.category_available),
    )


def feature_funnel(facts: ir.Table, windows: Windows, *, features: ir.Table) -> ir.Table:
    """Visitors who used at least one feature of a category in the window. ``funnel_visitors`` names them.

    Unit:   people, and their share (0–1) of the active visitors.
    In:     features as from ``catalogue``.
    Out:    customer_id, as_of, category (core, advanced, power), feature_funnel, funnel_share, active_visitors; a row
            for each category.
    Absent: null as active_visitors; the share is null where nobody was active.
    Source: docs/definitions.md#feature_funnel
    """
    people = funnel_visitors(facts, windows, features=features)
    counted = people.group_by(*KEYS, "category").agg(people=people.count())
    rows = activity(facts, windows).select(*KEYS, "active_visitors").cross_join(_values("category", CATEGORIES))
    rows = rows.left_join(counted, [*KEYS, "category"]).select(*rows.columns, "people")
    people = ibis.ifelse(rows.active_visitors.isnull(), ibis.null("int64"), rows.people.fill_null(0))
    return rows.select(
        *KEYS,
        "category",
        "active_visitors",
        feature_funnel=people,
        funnel_share=ratio(people, rows.active_visitors),
    )


def funnel_visitors(facts: ir.Table, windows: Windows, *, features: ir.Table) -> ir.Table:
    """The people behind ``feature_funnel``: customer_id, as_of, category, visitor_id, uses, features."""
    used = users_behind(facts, windows).join(features.select("feature_id", "category"), "feature_id")
    used = used.filter(used.category.notnull())
    return used.group_by(*KEYS, "category", "visitor_id").agg(uses=used.uses.sum(), features=used.count())


def tagged_uses(facts: ir.Table, windows: Windows, *, features: ir.Table) -> ir.Table:
    """Uses of the features with a tag: of the API, integrations, content made, collaboration, reports.

    Unit:   uses.
    In:     features as from ``catalogue``.
    Out:    customer_id, as_of, tag, tagged_uses, tagged_visitors (distinct), tagged_features (used at least once); a row
            for each tag that some feature has. ``users_behind`` with ``tagged`` names the people.
    Absent: null without history and where a month's total leaves open whether there was use; people null too as
            active_visitors; 0 with history and nothing in the window.
    Source: docs/definitions.md#tagged_uses
    """
    tags = tagged(features)
    days = within_reach(facts, windows).join(windows.customers.select("customer_id"), "customer_id")
    days = days.join(tags, "feature_id")
    days = days.group_by(
        "customer_id", "tag", "feature_id", "visitor_id", "day", is_month_total=days.grain == "month"
    ).agg(uses=days.uses.sum())
    days = placed(month_span(days), windows)
    counted = days.group_by(*KEYS, "tag").agg(
        uses=days.uses.sum(), people=days.visitor_id.nunique(), features=days.feature_id.nunique()
    )
    rows = activity(facts, windows).select(*KEYS, "active_visitors", all_uses="uses")
    rows = rows.cross_join(tags.select("tag").distinct())
    rows = rows.left_join(counted, [*KEYS, "tag"]).select(*rows.columns, "uses", "people", "features")
    none = ibis.null("int64")
    return rows.select(
        *KEYS,
        "tag",
        tagged_uses=ibis.ifelse(rows.all_uses.isnull(), none, rows.uses.fill_null(0)),
        tagged_visitors=ibis.ifelse(rows.active_visitors.isnull(), none, rows.people.fill_null(0)),
        tagged_features=ibis.ifelse(rows.all_uses.isnull(), none, rows.features.fill_null(0)),
    )


def _values(name: str, values: tuple[str, ...]) -> ir.Table:
    """A table of one column."""
    return ibis.literal(list(values), type="array<string>").unnest().name(name).as_table()
