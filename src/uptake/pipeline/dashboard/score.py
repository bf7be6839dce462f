"""The account score as a tile: its parts, what moved it, thirteen weeks of it, and where the peers are."""

from collections.abc import Sequence
from datetime import date

from uptake.pipeline.dashboard.peers import Among
from uptake.pipeline.dashboard.view import ScoreMove, ScorePart, ScoreTile
from uptake.pipeline.dashboard.worked import Worked
from uptake.scores.explain import parts, what_moved
from uptake.scores.model import ScoreModel


def score_tile(found: Worked, peers: Among, model: ScoreModel, weeks: Sequence[tuple[date, float | None]]) -> ScoreTile:
    """With the reason where the score is withheld."""
    now, before = found.now, found.before
    known = before is not None and now["score"] is not None and before["score"] is not None
    moves = what_moved(now, before, model) if before is not None and known else ()
    return ScoreTile(
        score=now["score"],
        band=now["band"],
        present=now["present"],
        reason=now["reason"],
        previous=before["score"] if before is not None and known else None,
        change=now["score"] - before["score"] if before is not None and known else None,
        percentile=None if now["score"] is None else peers.percentile("score", now["score"]),
        peers_median=peers.median("score"),
        parts=[
            ScorePart(
                name=part.name,
                title=part.title,
                weight=part.weight,
                share=part.share,
                measured=part.measured,
                value=part.value,
                points=part.points,
                peers_median=peers.median(f"{part.name}_value"),
                basis=part.formula,
                formula=part.formula,
            )
            for part in parts(now, model)
        ],
        moves=[ScoreMove(move.name, move.title, move.points, move.how) for move in moves],
        weeks=weeks,
        model=model.name,
        version=model.version,
    )
