"""Unused features: what a customer could use and does not, while its peers do."""

import ibis
import ibis.expr.types as ir

from uptake.metrics.reach import CELL

PEERS_AHEAD = 0.2
EXACT = 1e-9  # 0.25 − 0.05 is no less than 0.2, however floats see it


def peers_reach(cells: ir.Table, peers: ir.Table) -> ir.Table:
    """The middle reach of each feature among a customer's peers.

    In:     cells as from ``reach``; peers: customer_id, peer_id (as everywhere, the customer itself is one of them).
    Out:    customer_id, as_of, feature_id, peers_median_reach, peers_measured (peers the feature is available to and
            with anybody active).
    """
    theirs = cells.filter(cells.is_available & cells.reach.notnull())
    theirs = theirs.select("as_of", "feature_id", "reach", peer_id="customer_id")
    rows = peers.select("customer_id", "peer_id").join(theirs, "peer_id")
    return rows.group_by(*CELL).agg(peers_median_reach=rows.reach.median(), peers_measured=rows.count())


def unused_features(cells: ir.Table, medians: ir.Table) -> ir.Table:
    """Features that are available, reach under 10% of the customer's people, and at least 20 points more at its peers.

    Unit:   features.
    In:     cells as from ``reach``; medians as from ``peers_reach``.
    Out:    customer_id, as_of, feature_id, reach, peers_median_reach, gap (the peers' median less the own reach); a row
            per unused feature.
    Absent: no row where the own reach or the peers' is not known; with nobody active the own reach counts as 0.
    Source: docs/definitions.md#unused_features
    """
    rows = cells.filter(cells.is_available & ~cells.is_adopted)
    rows = rows.join(medians.select(*CELL, "peers_median_reach"), list(CELL))
    rows = rows.mutate(gap=rows.peers_median_reach - rows.reach.fill_null(0.0))
    rows = rows.filter(rows.gap >= ibis.literal(PEERS_AHEAD - EXACT))
    return rows.select(*CELL, "reach", "peers_median_reach", "gap")
