from datetime import date

from uptake.pipeline.demo.rhythm import day_factors, easter, holidays, utc_offsets


def test_easter_of_known_years():
    assert [easter(year) for year in (2024, 2025, 2026, 2038)] == [
        date(2024, 3, 31),
        date(2025, 4, 20),
        date(2026, 4, 5),
        date(2038, 4, 25),
    ]


def test_holidays_follow_the_country():
    assert date(2025, 11, 27) in holidays("US", 2025)  # Thanksgiving, the fourth Thursday
    assert date(2025, 5, 26) in holidays("US", 2025)  # Memorial Day, the last Monday in May
    assert date(2025, 11, 27) not in holidays("DE", 2025)
    assert date(2025, 6, 9) in holidays("DE", 2025)  # Whit Monday


def test_little_is_done_at_weekends_and_the_years_end():
    days = [date(2025, 12, 17), date(2025, 12, 20), date(2025, 12, 29)]  # Wednesday, Saturday, Monday between the years
    wednesday, saturday, between = day_factors("GB", "mon-fri", days)
    assert wednesday > 1
    assert saturday < 0.1
    assert between < 0.2
    assert day_factors("GB", "all days", [date(2025, 11, 15)])[0] > 0.8  # a Saturday of who works all week


def test_offsets_know_summer_time():
    # Berlin: one hour ahead until 28 March 2026, two from the 29th; New York five hours behind in winter.
    assert utc_offsets("Europe/Berlin", [date(2026, 3, 28), date(2026, 3, 29)]).tolist() == [3600, 7200]
    assert utc_offsets("America/New_York", [date(2026, 1, 15)]).tolist() == [-18000]
