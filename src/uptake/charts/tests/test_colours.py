"""Whoever sees colours differently, or none, reads the charts too."""

from itertools import combinations

import pytest

from uptake.charts.heat import share_step
from uptake.charts.look import DARK, PRINT
from uptake.charts.registry import BY_NAME
from uptake.charts.tests.reading import texts

LOOKS = pytest.mark.parametrize("look", [PRINT, DARK], ids=["light", "dark"])

# Machado, Oliveira and Fernandes (2009): what is left of red, green and blue (linear light) without one kind of cone
SIGHT = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}


def light(colour):
    """Red, green and blue as amounts of light."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def luminance(colour):
    red, green, blue = light(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """As WCAG counts it, from 1 to 21."""
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def seen(colour, sight):
    """The colour in CIELAB, as somebody of that sight sees it."""
    rgb = [max(0.0, sum(share * part for share, part in zip(row, light(colour), strict=True))) for row in SIGHT[sight]]
    xyz = (
        (0.4124 * rgb[0] + 0.3576 * rgb[1] + 0.1805 * rgb[2]) / 0.9505,
        0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2],
        (0.0193 * rgb[0] + 0.1192 * rgb[1] + 0.9505 * rgb[2]) / 1.089,
    )
    x, y, z = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def apart(one, other, sight):
    """How different two colours look: about 2 can just be told apart, 10 at a glance."""
    return sum((a - b) ** 2 for a, b in zip(seen(one, sight), seen(other, sight), strict=True)) ** 0.5


@LOOKS
def test_words_and_marks_stand_out_from_the_paper(look):
    for words in (look.ink, look.ink_2, look.ink_3, *look.words):
        assert contrast(words, look.paper) >= 4.5, words
    for mark in (*look.series, *look.bands.values()):
        assert contrast(mark, look.paper) >= 3, mark


@LOOKS
def test_figures_in_heat_cells_stand_out_from_each_step(look):
    for step, colour in enumerate(look.heat, 1):
        assert contrast(look.on_heat if step > 4 else look.ink, colour) >= 4.5, step


@LOOKS
@pytest.mark.parametrize("sight", SIGHT)
def test_heat_gets_stronger_step_by_step_for_every_sight(look, sight):
    levels = [seen(colour, sight)[0] for colour in look.heat]
    assert levels == sorted(levels, reverse=look is PRINT)
    assert all(apart(one, other, sight) > 5 for one, other in zip(look.heat, look.heat[1:], strict=False))


TOGETHER = {  # places in the look's series that one chart uses side by side
    "active_users": (0, 1, 2),
    "lifecycle_by_week": (0, 1, 2),  # who is dormant stands below the line, hollow
    "score_by_week": (0, 5),
    "entitlements": (0, 4),
    "movers": (0, 4),
}


@LOOKS
@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("name", TOGETHER)
def test_series_of_one_chart_can_be_told_apart_at_a_glance(look, sight, name):
    for one, other in combinations(TOGETHER[name], 2):
        assert apart(look.series[one], look.series[other], sight) > 10, (one, other)


NAMED = {  # what says in words or figures what the colour says
    "active_users": {"MAU 147", "WAU 126", "DAU 87"},
    "lifecycle_by_week": {"New 4", "Resurrected 10", "Returning 100", "Dormant 9"},
    "score_by_week": {"Score 71", "Peers’ median"},
    "entitlements": {"API calls a day", "118%"},
    "movers": {"+21", "−18"},
    "feature_reach": {"● Acme", "○ Peers", "94%", "33%"},
    "distribution": {"Poor", "Fair", "Good", "Excellent", "48", "66"},
    "score_gauge": {"72", "Good", "40", "60", "80"},
    "weekday_by_hour": {"152", "Tue", "10"},
    "cohorts": {"100", "56"},
    "segment_by_feature": {"100", "–", "Education"},
}


@pytest.mark.parametrize("name", NAMED)
def test_colour_is_never_alone(name):
    example = BY_NAME[name].example()
    drawn = texts(BY_NAME[name].draw(*example.rows, caption=example.caption, look=PRINT, width=720), 720)
    assert set(drawn) >= NAMED[name]


def test_steps_of_shares_are_even_and_tell_none_from_nothing():
    assert [share_step(share) for share in (None, 0.0, 0.004, 0.01, 1 / 7, 0.15, 0.5, 0.99, 1.0, 1.2)] == [
        -1, 0, 0, 1, 1, 2, 4, 7, 7, 7,
    ]  # fmt: skip
