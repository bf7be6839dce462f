"""Charts of named rows: lengths, places and words of each."""

from datetime import date

import pytest

from uptake.charts.entitlements import entitlements, entitlements_table
from uptake.charts.features import feature_reach, feature_reach_table
from uptake.charts.look import PRINT
from uptake.charts.movers import movers, movers_table
from uptake.charts.peers import ordinal, peers_spread, peers_spread_table
from uptake.charts.people import funnel, user_statuses
from uptake.charts.tests.reading import marks_of, rows_of, size, texts, words
from uptake.charts.words import Caption

CAPTION = Caption("A finding", "Share of users", date(2026, 1, 29))
LONG = "A name that somebody typed in full, “with” <tags> & all of what it does, twice over"


def drawn(function, *rows, width=600):
    return function(*rows, caption=CAPTION, look=PRINT, width=width)


def feature(name, reach, peers):
    return {"feature": name, "reach": reach, "peers_median_reach": peers}


def test_a_dot_for_us_and_a_ring_for_the_peers():
    rows = [
        feature("Search", 0.88, 0.5),
        feature("API", 0.0, 0.33),
        feature("New", 0.4, None),
        feature("Off", None, 0.2),
    ]
    spec = drawn(feature_reach, rows, "Acme")
    assert [(row["reach"], row["peers"]) for row in rows_of(spec, 0)] == [(0.88, 0.5), (0.0, 0.33), (0.4, None)]
    told = texts(spec)
    assert {"● Acme", "○ Peers", "88%", "0%", "33%", "40%", "–"} <= set(told)
    assert "Off" not in told  # not measured: it stands in the table alone
    assert feature_reach_table(rows, "Acme").rows[3] == ("Off", "–", "20%")


def test_of_300_features_those_farthest_from_the_peers_are_drawn_in_their_order():
    rows = [feature(f"F{number}", 0.5, 0.5 + (number % 100) / 300) for number in range(300)]
    spec = drawn(feature_reach, rows)
    shown = [text for text in texts(spec) if text.startswith("F")]
    assert len(shown) == 30
    assert shown == sorted(shown, key=lambda name: int(name[1:]))
    assert {"F99", "F199", "F299", "F90"} <= set(shown)
    assert spec["usermeta"]["note"].startswith("270 more features in the table")
    assert len(feature_reach_table(rows).rows) == 300
    assert size(spec, 600)[1] < 900


@pytest.mark.parametrize("width", [340, 720])
def test_long_names_end_in_an_ellipsis_and_leave_the_drawing_its_room(width):
    spec = drawn(feature_reach, [feature(LONG, 0.5, 0.4), feature(LONG, 0.1, 0.9)], LONG, width=width)
    found = words(spec, width)
    names = [word for word in found if word.text.startswith("A name")]
    assert len(names) == 2  # two rows of the same name stay two
    assert all(word.text.endswith("…") and word.right < width / 2 + 10 for word in names)
    assert all(word.left > -7 and word.right < width + 7 for word in found)


def test_a_name_is_text_whatever_it_holds():
    odd = '"]+datum["x\\'
    assert odd in texts(drawn(feature_reach, [feature(odd, 0.5, 0.4), feature("<b>&amp;", 0.1, 0.9)]))


def test_each_step_of_the_funnel_is_as_long_as_its_share_of_the_widest():
    rows = [
        {"title": "Active", "visitors": 200, "share": 1.0},
        {"title": "Core", "visitors": 150, "share": 0.75},
        {"title": "Power", "visitors": 0, "share": None},
    ]
    spec = drawn(funnel, rows)
    assert [row["length"] for row in rows_of(spec, 0)] == [1.0, 0.75, 0.0]
    assert {"200", "100%", "150", "75%", "0", "–"} <= set(texts(spec))


def test_statuses_are_shares_of_all_and_millions_are_shortened():
    rows = [
        {"title": "Active", "people": 3_000_000, "share": 0.75},
        {"title": "Dormant", "people": 1_000_000, "share": 0.25},
    ]
    spec = drawn(user_statuses, rows)
    assert [row["length"] for row in rows_of(spec, 0)] == [0.75, 0.25]
    assert {"3M", "1M", "25%"} <= set(texts(spec))
    assert texts(drawn(user_statuses, [{"title": "Active", "people": 0, "share": 0.0}])) == [
        "Nobody has used the product yet."
    ]


def line(name, used, granted, share, unit="seats"):
    return {"name": name, "used": used, "granted": granted, "utilization": share, "unit": unit}


def test_what_goes_beyond_the_limit_is_set_off_and_a_tip_says_that_it_goes_on():
    spec = drawn(
        entitlements, [line("Users", 145, 200, 0.725), line("Calls", 11_800, 10_000, 1.18), line("Far", 90, 10, 9.0)]
    )
    beyond, tips = (rows_of(spec, number) for number in (2, 4))
    assert [(row["full"], row["over"]) for row in beyond] == [(1, 1.18), (1, 1.5)]
    assert [row["over"] for row in tips] == [1.5]
    assert {"145 of 200", "73%", "11.8k of 10k", "118%", "90 of 10", "900%"} <= set(texts(spec))


def test_what_has_no_limit_or_is_not_measured_has_no_bar():
    rows = [line("Integrations", 3, None, None, ""), line("Sandboxes", None, 5, None), line("Idle", 0, 4, 0.0)]
    spec = drawn(entitlements, rows)
    assert [row["used"] for row in rows_of(spec, 0)] == [0]
    assert {"3, no limit", "not measured", "0 of 4", "0%", "–"} <= set(texts(spec))
    assert entitlements_table(rows).rows[0] == ("Integrations", "3", "no limit", "–", "–")
    assert entitlements_table(rows).rows[1] == ("Sandboxes", "–", "5", "seats", "–")


def spread(title, value, *points, percentile=50.0):
    names = ("low", "lower", "peer_median", "upper", "high")
    return {
        "title": title,
        "value": value,
        "shown": f"{value}",
        "percentile": percentile,
        **dict(zip(names, points, strict=True)),
    }


def test_each_figure_stands_on_a_scale_of_its_own():
    spec = drawn(peers_spread, [spread("Logins", 4, 0, 1, 2, 3, 4), spread("Uses", -5, 0, 10, 20, 30, 45)], "Acme")
    logins, uses = rows_of(spec, 0)
    assert (logins["low"], logins["median"], logins["value"]) == pytest.approx((0.03, 0.5, 0.97))
    assert (uses["value"], uses["low"], uses["high"]) == pytest.approx((0.03, 0.03 + 0.94 * 5 / 50, 0.97))
    assert {"● Acme", "4", "-5", "50th"} <= set(texts(spec))


def test_equal_peers_stand_in_the_middle():
    spec = drawn(peers_spread, [spread("Same", 1, 1, 1, 1, 1, 1)])
    assert {rows_of(spec, 0)[0][name] for name in ("value", "low", "median", "high")} == {0.5}
    told = peers_spread_table([spread("Same", 1, 1, 1, 1, 1, 1)]).rows[0]
    assert told == ("Same", "1", "1.00", "1.00 to 1.00", "50th")


def test_places_are_told_as_ordinals():
    assert [ordinal(number) for number in (0, 1, 2, 3, 11.4, 22, 41.0, 112, 99.6)] == [
        "0th", "1st", "2nd", "3rd", "11th", "22nd", "41st", "112th", "100th",
    ]  # fmt: skip


DAYS = (date(2025, 10, 31), date(2026, 1, 29))


def test_who_rises_points_right_who_falls_left_who_stays_not_at_all():
    rows = [
        {"customer": "Up", "before": 50, "after": 70.4},
        {"customer": "Down", "before": 40, "after": 31},
        {"customer": "Same", "before": 62, "after": 62},
        {"customer": "New", "before": None, "after": 80},
    ]
    spec = drawn(movers, rows, *DAYS)
    heads = {
        spec["layer"][number]["mark"]["shape"]: spec["layer"][number]["transform"][0]["filter"]
        for number in marks_of(spec, "point")
        if "shape" in spec["layer"][number]["mark"]
    }
    assert heads == {"triangle-right": "datum.change > 0", "triangle-left": "datum.change < 0"}
    assert {"+20", "−9", "stable", "70", "29 Jan"} <= set(texts(spec))
    assert "1 more customer in the table." in spec["usermeta"]["note"]
    assert movers_table(rows, *DAYS).rows[3] == ("New", "–", "80", "–")


def test_of_many_customers_those_that_moved_farthest_are_drawn():
    rows = [{"customer": f"C{number}", "before": 50, "after": 50 + number % 45} for number in range(100)]
    shown = [text for text in texts(drawn(movers, rows, *DAYS)) if text.startswith("C") and text != "Change"]
    assert len(shown) == 24
    assert {"C44", "C89"} <= set(shown)
    assert "C0" not in shown
