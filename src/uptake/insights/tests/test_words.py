import pytest

from uptake.insights import small_numbers, words


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0.0, "0 hours"),
        (0.96, "1 hour"),
        (1.0, "1 hour"),
        (2.5, "2.5 hours"),
        (9.96, "10 hours"),
        (10.4, "10 hours"),
        (1234.5, "1,235 hours"),
    ],
)
def test_hours_are_told_in_tenths_while_they_are_few(number, said):
    assert words.hours(number) == said


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (None, ""),
        (0.49, "unchanged"),
        (-0.5, "down 0.5 points"),
        (0.94, "up 0.9 points"),
        (0.96, "up one point"),
        (-1.5, "down two points"),
        (13.2, "up 13 points"),
    ],
)
def test_less_than_a_point_is_not_said_as_a_point(points, said):
    assert small_numbers.moved(points) == said
