"""The figures of the page as a list: where each comes from, what it opens, and which threshold it is put to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from uptake.insights import words
from uptake.pipeline.dashboard.peers import Compared
from uptake.pipeline.dashboard.showing import A_WEEK, MEAN_PEOPLE, MINUTES, PEOPLE, RATIO, SESSIONS, SHARE, USES, Kind
from uptake.pipeline.dashboard.view import How
from uptake.pipeline.dashboard.worked import Row

NOBODY_NAMED = "no usage yet, or usage that does not say who"
NO_USAGE = "no usage yet"
NO_SESSIONS = "no single events that say who, so there are no sessions"


def _none(_row: Row) -> Any:
    return None


@dataclass(frozen=True)
class Spec:
    """How one figure is made from a row of ``questions.measured``."""

    slug: str
    title: str
    kind: Kind
    column: str
    how: How = "count"
    opens: str = ""
    count: Callable[[Row], int | None] = _none  # how long the list behind it is; ``how`` "count": the value
    of: Callable[[Row], float | None] = _none
    basis: Callable[[Row], str] = lambda _row: ""
    is_more_better: bool | None = True
    limit: str = ""  # slug in metrics.thresholds; empty: none
    measured: Callable[[Row], float | None] | None = None  # what the threshold is put to; None: the value
    absent: str = NOBODY_NAMED


def column(name: str) -> Callable[[Row], Any]:
    return lambda row: row.get(name)


def share_of(part: str, whole: str) -> Callable[[Row], float | None]:
    """None without either."""
    return lambda row: row[part] / row[whole] if row.get(part) is not None and row.get(whole) else None


def _of_people(row: Row) -> str:
    if row.get("licensed_seats") is not None:
        return f"of {words.counted(row['licensed_seats'], 'seat')}"
    if row.get("known_visitors") is not None:
        return f"of {words.counted(row['known_visitors'], 'user')} ever seen; no seats are known"
    return ""


def _dormant_base(row: Row) -> int | None:
    parts = [row.get(name) for name in ("active", "engaged", "at_risk", "dormant", "undated")]
    return None if parts[0] is None else sum(part or 0 for part in parts)


def _dormant_share(row: Row) -> float | None:
    base = _dormant_base(row)
    return row["dormant"] / base if base else None


PEOPLE_FIGURES: Sequence[Spec] = (
    Spec(
        "mau",
        "Monthly active users",
        PEOPLE,
        "mau",
        opens="mau",
        basis=_of_people,
        limit="mau_share",
        measured=share_of("mau", "licensed_seats"),
    ),
    Spec("wau", "Weekly active users", PEOPLE, "wau", opens="wau", basis=lambda _: "in the 7 days to the as-of day"),
    Spec(
        "dau",
        "Daily active users",
        MEAN_PEOPLE,
        "dau",
        how="mean",
        opens="dau",
        count=column("expected_days"),
        basis=lambda row: f"mean of {words.counted(row['expected_days'] or 0, 'working day')}",
    ),
    Spec("active_visitors", "Active users", PEOPLE, "active_visitors", opens="active", basis=_of_people),
    Spec(
        "power_users",
        "Power users",
        PEOPLE,
        "power_users",
        opens="power",
        basis=lambda row: (
            "" if row.get("threshold_uses") is None else f"{words.counted(row['threshold_uses'], 'use')} or more"
        ),
        limit="power_share",
        measured=share_of("power_users", "active_visitors"),
    ),
    Spec(
        "activation",
        "Activation",
        SHARE,
        "activation",
        how="share",
        opens="known",
        count=column("known_visitors"),
        of=column("seats_or_known"),
        basis=_of_people,
        limit="activation",
    ),
    Spec(
        "active_share",
        "Active share",
        SHARE,
        "active_share",
        how="share",
        opens="active",
        count=column("active_visitors"),
        of=column("seats_or_known"),
        basis=_of_people,
    ),
    Spec(
        "dormant",
        "Dormant users",
        PEOPLE,
        "dormant",
        opens="status_dormant",
        basis=lambda row: f"of {words.counted(_dormant_base(row) or 0, 'user')} ever seen",
        is_more_better=False,
        limit="dormant_share",
        measured=_dormant_share,
    ),
    Spec(
        "stickiness",
        "Stickiness",
        SHARE,
        "stickiness",
        how="ratio",
        opens="sticky_days",
        count=column("sticky_days"),
        of=lambda row: (row.get("sticky_days") or 0) * (row.get("sticky_visitors") or 0) or None,
        basis=lambda _: "of the users of 30 days, there on a working day",
    ),
)

USE_FIGURES: Sequence[Spec] = (
    Spec(
        "uses",
        "Uses",
        USES,
        "uses",
        how="sum",
        opens="uses",
        basis=lambda _: "of features, in the period",
        absent=NO_USAGE,
    ),
    Spec(
        "usage_trend",
        "Usage trend",
        SHARE,
        "usage_trend",
        how="row",
        opens="trend",
        count=lambda _: 2,
        basis=lambda _: "uses a working day, against the period before",
        absent="under two periods of usage",
    ),
    Spec(
        "depth",
        "Uses of the middle user",
        A_WEEK,
        "depth",
        how="median",
        opens="active",
        count=column("active_visitors"),
        of=column("weeks"),
        basis=lambda _: "median over the users active",
    ),
)

SESSION_FIGURES: Sequence[Spec] = (
    Spec(
        "login_frequency",
        "Logins",
        A_WEEK,
        "login_frequency",
        how="ratio",
        opens="logins",
        count=column("active_visitors"),
        of=lambda row: (row.get("active_visitors") or 0) * (row.get("weeks") or 0) or None,
        basis=lambda row: f"{row.get('login_basis') or 'logins'} per active user",
        limit="login_frequency",
    ),
    Spec(
        "sessions",
        "Sessions",
        SESSIONS,
        "sessions",
        opens="sessions",
        basis=lambda _: "begun in the period",
        absent=NO_SESSIONS,
    ),
    Spec(
        "session_minutes",
        "Session length",
        MINUTES,
        "session_minutes",
        how="mean",
        opens="sessions",
        count=column("sessions"),
        basis=lambda row: f"mean of {words.counted(row['sessions'] or 0, 'session')}",
        absent=NO_SESSIONS,
    ),
    Spec(
        "actions_per_session",
        "Actions a session",
        RATIO,
        "actions_per_session",
        how="ratio",
        opens="session_users",
        of=column("sessions"),
        basis=lambda row: f"uses in {words.counted(row['sessions'] or 0, 'session')}",
        limit="actions_per_session",
        absent=NO_SESSIONS,
    ),
    Spec(
        "multi_user_sessions",
        "Multi-user sessions",
        SHARE,
        "multi_user_sessions",
        how="share",
        opens="shared_sessions",
        count=column("shared_sessions"),
        of=column("sessions"),
        basis=lambda _: "sessions while somebody else of the customer was there",
        limit="multi_user_sessions",
        absent=NO_SESSIONS,
    ),
)

FEATURE_FIGURES: Sequence[Spec] = (
    Spec(
        "breadth",
        "Feature breadth",
        SHARE,
        "breadth",
        how="share",
        opens="used",
        count=column("features_used"),
        of=column("features_available"),
        basis=lambda row: f"{row['features_used']} of {words.counted(row['features_available'] or 0, 'feature')}",
        limit="breadth",
        absent="no usage yet, or no feature available",
    ),
    Spec(
        "feature_stickiness",
        "Feature stickiness",
        SHARE,
        "feature_stickiness",
        how="share",
        opens="sticky",
        count=column("sticky_features"),
        of=column("features_with_users"),
        basis=lambda _: "features that half of their users came back to",
        limit="feature_stickiness",
    ),
)

SPECS: Sequence[Spec] = (*PEOPLE_FIGURES, *SESSION_FIGURES, *USE_FIGURES, *FEATURE_FIGURES)

COMPARED: Sequence[Compared] = (
    Compared("score", "Account adoption score", "score", Kind("points")),
    *(Compared(spec.slug, spec.title, spec.column, spec.kind, spec.is_more_better) for spec in SPECS
      if spec.slug in {"active_share", "activation", "breadth", "stickiness", "usage_trend", "depth",
                       "feature_stickiness", "uses",
                       "login_frequency", "session_minutes", "actions_per_session", "multi_user_sessions"}),
    Compared("power_share", "Power users of active users", "power_share", SHARE),
)  # fmt: skip
"""What the customer is compared by: figures that do not grow with its size, and uses."""
