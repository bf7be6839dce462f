import pytest

from uptake.kit.days import Period
from uptake.metrics.concentration import concentration
from uptake.metrics.tests.engines import by, customers, day, facts
from uptake.metrics.windows import windows

D = day("03-29")


def test_the_top_users_share_and_how_many_make_most_of_it(engine):
    usage = facts(
        engine,
        *[(1, who, "A", "03-02", uses) for who, uses in (("ann", 50), ("bob", 30), ("cem", 15), ("dee", 5))],
        (1, "eve", None, "03-02", 99),  # log-ins are no uses
        (1, None, "A", "03-02", 99),  # nobody
        (1, "ann", "A", "01-02", 99),  # before the window
        (2, "fay", "A", "03-02", 8),
        (2, "gus", "A", "03-02", 1),
        (2, "hal", "A", "03-02", 1),
        (3, "ida", None, "03-02"),  # nobody uses a feature
        (4, "jim", "A", "01-02"),
    )
    window = windows(usage, customers(engine, 1, 2, 3, 4), as_of=[D], period=Period(30))
    rows = by(engine.rows(concentration(usage, window)), "customer_id")
    assert (rows[1]["top_uses"], rows[1]["named_uses"], rows[1]["concentration"]) == (50, 100, 0.5)
    assert rows[1]["visitors_for_80"] == 2  # 50 + 30 are exactly 80%
    assert (rows[2]["concentration"], rows[2]["visitors_for_80"]) == (pytest.approx(0.8), 1)
    for customer in (3, 4):
        assert (rows[customer]["concentration"], rows[customer]["visitors_for_80"]) == (None, None)
