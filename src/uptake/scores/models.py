"""The score models, as data (docs/definitions.md, section 3)."""

from uptake.scores.model import Component, ScoreModel
from uptake.scores.rounding import half_up

PORTFOLIO = ScoreModel(
    name="portfolio",
    title="Adoption",
    components=(
        Component(
            name="breadth",
            title="Breadth",
            metric="breadth",
            weight=30.0,
            none_at=0.0,
            full_at=1.0,
            formula="100 × used ÷ available",
            words="features used at least once in the period, of the features available",
        ),
        Component(
            name="depth",
            title="Depth",
            metric="depth",
            weight=30.0,
            none_at=0.0,
            full_at=20.0,
            formula="100 × min(1, d ÷ 20)",
            words="d = uses per week of the middle active user; full from 20",
        ),
        Component(
            name="recency",
            title="Recency",
            metric="recency",
            weight=20.0,
            none_at=1.0,
            full_at=0.0,
            formula="100 × (1 − min(1, g ÷ e))",
            words="g = working days since the last use, e = working days of the period",
        ),
        Component(
            name="stickiness",
            title="Stickiness",
            metric="stickiness",
            weight=20.0,
            none_at=0.0,
            full_at=0.5,
            formula="100 × min(1, s ÷ 0.5)",
            words="s = daily active users ÷ users of the same working days, over 30 days; full from 0.5",
        ),
    ),
)
"""Adoption from an upload."""

ACCOUNT = ScoreModel(
    name="account",
    title="Account adoption",
    components=(
        Component(
            name="activation",
            title="User activation",
            metric="active_share",
            weight=25.0,
            none_at=0.0,
            full_at=1.0,
            formula="100 × min(1, active ÷ seats)",
            words="users active in the period, of the licensed seats; without seats, of the users known",
        ),
        Component(
            name="breadth",
            title="Feature breadth",
            metric="breadth",
            weight=25.0,
            none_at=0.0,
            full_at=1.0,
            formula="100 × used ÷ available",
            words="features used at least once in the period, of the features available",
        ),
        Component(
            name="depth",
            title="Engagement depth",
            metric="actions_per_session",
            weight=20.0,
            none_at=0.0,
            full_at=15.0,
            formula="100 × min(1, a ÷ 15)",
            words="a = uses per session; full from 15",
        ),
        Component(
            name="trend",
            title="Usage trend",
            metric="usage_trend",
            weight=15.0,
            none_at=-0.5,
            full_at=0.2,
            formula="100 × clip((t + 0.5) ÷ 0.7, 0, 1)",
            words="t = change of uses per working day against the period before; none at −50%, full from +20%",
        ),
        Component(
            name="entitlements",
            title="Entitlement utilisation",
            metric="utilization",
            weight=15.0,
            none_at=0.0,
            full_at=1.0,
            formula="100 × mean of min(1, used ÷ granted)",
            words="over the limited entitlements whose use is measured, seats among them",
        ),
    ),
)
"""Adoption as one account's dashboard shows it."""

HEALTH = ScoreModel(
    name="health",
    title="Health",
    components=(
        Component(
            name="adoption",
            title="Adoption",
            metric="adoption",
            weight=40.0,
            none_at=0.0,
            full_at=100.0,
            formula="the adoption score",
            words="breadth, depth, recency and stickiness over the last 30 days, 0 to 100",
        ),
        Component(
            name="engagement",
            title="Engagement",
            metric="stickiness",
            weight=20.0,
            none_at=0.0,
            full_at=0.5,
            formula="100 × min(1, s ÷ 0.5)",
            words="s = daily active users ÷ users of the same working days, over 30 days; full from 0.5",
        ),
        Component(
            name="trajectory",
            title="Trajectory",
            metric="usage_trend",
            weight=20.0,
            none_at=-0.5,
            full_at=0.2,
            formula="100 × clip((t + 0.5) ÷ 0.7, 0, 1)",
            words="t = change of uses per working day against the 30 days before; none at −50%, full from +20%",
        ),
        Component(
            name="events",
            title="Event engagement",
            metric="event_engagement",
            weight=10.0,
            none_at=0.0,
            full_at=100.0,
            formula="the event engagement score",
            words="attendance of webinars, user groups, conferences and trainings over a year, 0 to 100",
        ),
        Component(
            name="rating",
            title="CSM rating",
            metric="csm_rating",
            weight=10.0,
            none_at=0.0,
            full_at=100.0,
            formula="the rating",
            words="how the CSM or the CRM rates the customer, 0 to 100",
        ),
        Component(
            name="alerts",
            title="Usage alerts",
            metric="alert_burden",
            weight=0.0,
            none_at=0.0,
            full_at=100.0,
            formula="100 − what open alerts take",
            words="each usage alert open on the day takes 40 (critical), 25 (high), 15 (medium) or 5 (low) of 100",
            is_optional=True,
        ),
    ),
)
"""Health; its weights are the workspace's to set, these hold until somebody does."""

MODELS = {PORTFOLIO.name: PORTFOLIO, ACCOUNT.name: ACCOUNT, HEALTH.name: HEALTH}

_OF_SESSIONS = ("actions_per_session",)


def needs_sessions(model: ScoreModel) -> bool:
    """Whether the model is made of sessions, which are derived only where somebody asks for them."""
    return any(part.metric in _OF_SESSIONS for part in model.components)


BANDS = {"excellent": 80, "good": 60, "fair": 40, "poor": 0}
"""The lowest score of each band, best first."""


def band_of(score: float) -> str:
    """What a score is called."""
    return next(name for name, lowest in BANDS.items() if score >= lowest)


def weights_of(model: ScoreModel) -> dict[str, float]:
    """What each component weighs, by name."""
    return {part.name: part.weight for part in model.components}


def decimals_to_show(score: float) -> int:
    """How many decimals keep the score, as shown, in its own band: none but right below a band's border."""
    return next((n for n in range(6) if band_of(half_up(score, n)) == band_of(score)), 6)
