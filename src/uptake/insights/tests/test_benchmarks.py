import numpy as np
import pytest

from uptake.insights.benchmarks import Middle, Segments, benchmarks_of, peers_of, percentile, percentiles
from uptake.insights.tests.small import row

approx = pytest.approx


def test_percentile_counts_half_of_the_equal_ones():
    assert percentile(50.0, [10.0, 50.0, 50.0, 90.0]) == 50  # 1 below, half of 2: 2 of 4
    assert percentile(90.0, [10.0, 50.0, 50.0, 90.0]) == 87.5
    assert percentile(1.0, []) is None


def test_all_percentiles_at_once_are_the_same_and_leave_out_the_unknown():
    found = percentiles(np.array([10.0, np.nan, 50.0, 50.0, 90.0]))
    assert found[[0, 2, 3, 4]].tolist() == [12.5, 50, 50, 87.5]
    assert np.isnan(found[1])


@pytest.mark.parametrize(("in_segment", "peers"), [(8, 8), (7, 10)])
def test_peers_are_the_segment_from_eight_on_else_everybody(in_segment, peers):
    rows = [row(n, segment="Small") for n in range(in_segment)]
    rows += [row(100 + n, segment="Large") for n in range(10 - in_segment)]
    rows.append(row(200, segment="Small", score=None))
    assert len(peers_of(rows[0], rows)) == peers


def test_benchmarks_say_who_the_peers_are():
    rows = [row(n, segment="Small", score=10.0 * n) for n in range(8)] + [row(9, segment="Large", score=5.0)]
    [small] = [each for each in benchmarks_of(rows[6], rows) if each.figure == "score"]
    assert (small.percentile, small.median, small.peers) == (100 * 6.5 / 8, 35, "8 customers in Small")
    [large] = [each for each in benchmarks_of(rows[8], rows) if each.figure == "score"]
    assert (large.percentile, large.peers) == (approx(100 * 1.5 / 9), "all 9 customers")


def test_medians_are_of_the_segment_or_of_all():
    rows = [row(n, segment="Small") for n in range(8)] + [row(10, segment="Large")]
    values = np.array([[float(n)] for n in range(8)] + [[100.0]])
    middle = Middle.of(Segments.of(rows), values)
    assert middle.of_peers[:, 0].tolist() == [3.5] * 8 + [4.0]
    assert middle.words(0, 0) == "8 customers in Small"
    assert middle.words(8, 0) == "all 9 customers"
    values[0] = np.nan  # seven are left of the segment: everybody
    assert Middle.of(Segments.of(rows), values).words(1, 0) == "all 8 customers"
