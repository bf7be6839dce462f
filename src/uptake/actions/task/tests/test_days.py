"""By when: working days, counted by hand on the calendar of July 2026 (the 1st is a Wednesday)."""

from datetime import date

import pytest

from uptake.actions.task.days import working_day_after

WED, THU, FRI, SAT, SUN, MON = (date(2026, 7, day) for day in (1, 2, 3, 4, 5, 6))


@pytest.mark.parametrize(
    ("day", "days", "due"),
    [
        (WED, 0, WED),
        (WED, 1, THU),
        (WED, 3, MON),  # over the weekend
        (FRI, 1, MON),
        (SAT, 0, MON),  # a weekend is worked by nobody: the next working day
        (SAT, 1, MON),
        (SUN, 1, MON),
        (SAT, 5, date(2026, 7, 10)),
        (SAT, 6, date(2026, 7, 13)),
        (WED, 5, date(2026, 7, 8)),
        (FRI, 13, date(2026, 7, 22)),  # two weeks and three days
    ],
)
def test_weekends_are_left_out(day, days, due):
    assert working_day_after(day, days) == due


def test_where_all_days_are_worked_all_count():
    assert working_day_after(FRI, 1, "all days") == SAT
    assert working_day_after(FRI, 9, "all days") == date(2026, 7, 12)
