import pytest

from uptake.insights import words


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
