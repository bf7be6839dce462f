"""Every kind of part is drawn; a line chart's geometry by hand."""

from itertools import pairwise

import pytest
from django.template.loader import render_to_string

from uptake.chat.answers import (
    PARTS,
    Answer,
    Button,
    Buttons,
    Cell,
    Change,
    Changes,
    Column,
    Confirm,
    FeatureShare,
    FeatureShares,
    Heat,
    HeatRow,
    Item,
    Items,
    Lines,
    Note,
    Point,
    Series,
    Stat,
    Stats,
    Table,
    Text,
)  # fmt: skip
from uptake.chat.parts import drawn_answer
from uptake.chat.parts_lines import HEIGHT, TOP, drawing

TABLE = Table(
    "Leaders",
    (Column("Customer", "name"), Column("Score", "score"), Column("Active", "ratio", second=True), Column("30 days", "change")),
    ((Cell("Acme & Sons", href="/customers/1/"), Cell("89", band="excellent"), Cell("145", of="/150", note="97%"), Cell("+5", way="up")),),
    more="All 67 customers",
    more_url="/portfolio/",
)  # fmt: skip
EXAMPLES = {
    "text": (Text("A paragraph."), "A paragraph."),
    "stats": (Stats((Stat("Average score", "62", "of 100", "12 customers", "good", "/portfolio/"),)), 'data-band="good"'),
    "table": (TABLE, '<a class="row-link" href="/customers/1/">Acme &amp; Sons</a>'),
    "feature_shares": (FeatureShares("Features", "%", (FeatureShare("Reports", 0.784, 29, 37, "High"),)), "<b>78</b>"),
    "heat": (Heat("Reach", "%", ("Reports", "API"), (HeatRow("Acme", (0.5, None)),)), '<td data-step="none">'),
    "lines": (Lines("Acme, score", "0–100", (Series("Acme", (Point("2026-01-05", 36.0), Point("2026-01-12", 31.0))),)), "from 36 to 31"),
    "changes": (Changes("Health", (Change("Acme", "40", "52", "Use came back.", "fair", "good"),)), "Use came back."),
    "items": (Items("Insights", (Item("Acme is quiet", "Nobody came.", ("Call them",), "due Friday", "high"),)), "Call them"),
    "buttons": (Buttons((Button("Show", "scores", main=True, icon="no-such-icon"), Button("Open", href="/portfolio/"))), 'value="0.0"'),
    "confirm": (Confirm("Create 3 tasks.", "create_tasks", {}), "Create 3 tasks."),
    "note": (Note("Two days are missing.", tone="warning"), "Two days are missing."),
}  # fmt: skip


def rendered(*parts):
    answer = drawn_answer(Answer("Finding", parts).to_json(), {})
    message = type("Message", (), {"pk": 7})
    return render_to_string("chat/_answer.html", {"answer": answer, "message": message})


@pytest.mark.parametrize("kind", PARTS)
def test_every_part_is_drawn(kind):
    part, shown = EXAMPLES[kind]
    html = rendered(part)
    assert shown in html
    assert "style=" not in html


def test_a_share_says_percent_once():
    table = Table("Parts", (Column("Weight", "percent"),), ((Cell("30%", value=0.3),), (Cell("–"),)))
    html = rendered(table)
    assert ("30%" in html, html.count("%")) == (True, 1)


def test_tables_alike_stand_side_by_side():
    html = rendered(TABLE, TABLE)
    assert html.count('class="columns ruled"') == 1
    assert html.count("Acme &amp; Sons") == 2


def test_a_chart_by_hand():
    # 20 to 40 in steps of 5: 36 stands at 14 + 130 × (1 − 16/20) = 40, 31 at 14 + 130 × (1 − 11/20) = 72.5
    points = (("2026-01-01", 36), ("2026-01-11", None), ("2026-01-21", 24), ("2026-02-10", 31))
    chart = drawing(Lines("Score", "", (Series("A", tuple(Point(day, value) for day, value in points)),)))
    assert [tick.text for tick in chart.y_ticks] == ["20", "25", "30", "35", "40"] or [
        tick.text for tick in chart.y_ticks
    ] == ["20", "30", "40"]
    assert chart.y_ticks[0].at == TOP + HEIGHT
    assert chart.lines[0].end_y == pytest.approx(TOP + HEIGHT * (1 - 11 / 20))
    # 1 Jan is 0 %, 21 Jan 50 %, 10 Feb 100 %; the day without a value breaks the line
    assert chart.lines[0].path == "M0.00 26.0M50.00 104.0L100.00 58.5"
    assert [(tick.text, tick.at) for tick in chart.x_ticks] == [("Jan 2026", 0)]
    assert chart.days[1] == ("11 Jan 2026", ("–",))


def test_names_at_the_ends_of_lines_do_not_cover_each_other():
    series = tuple(
        Series(name, (Point("2026-01-01", 10.0), Point("2026-02-01", value)))
        for name, value in (("A", 50.0), ("B", 50.4), ("C", 49.9))
    )
    at = sorted(line.words_y for line in drawing(Lines("x", "", series)).lines)
    assert min(b - a for a, b in pairwise(at)) >= 15


def test_too_few_points_are_no_line():
    assert drawing(Lines("x", "", (Series("A", (Point("2026-01-01", 1.0),)),))) is None
