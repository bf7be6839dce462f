"""The names of the figures that rules may use, and what each is. docs/recommendations.md has a row for every one."""

from collections.abc import Mapping

NUMBERS: Mapping[str, str] = {
    "score": "adoption score, 0 to 100",
    "previous_score": "the score one period before",
    "fall": "points that the score fell against the previous period; 0 if it did not",
    "score_gap": "100 − score",
    "moved_points": "points that the part named by moved_part cost",
    "features_used": "features used at least once in the period",
    "features_available": "features available to the customer",
    "breadth_percent": "features used of those available, 0 to 100",
    "breadth_gap": "100 − breadth_percent",
    "unused_features": "features under 10% reach, the peers' middle at least 20 points above",
    "feature_reach_percent": "reach of the first unused feature among the customer's active users, 0 to 100",
    "feature_peers_percent": "the peers' median reach of that feature, 0 to 100",
    "feature_gap": "points between the two",
    "entitled": "features that the contract grants",
    "entitled_unused": "of these, features without a single use in the period",
    "entitled_gap": "entitled_unused of entitled, 0 to 100",
    "uses_a_week": "uses per week of the middle active user",
    "peers_uses_a_week": "the peers' median of uses_a_week",
    "depth_gap": "100 − the depth part of the score",
    "visit_percent": "stickiness: working days on which a user comes, 0 to 100",
    "stickiness_gap": "100 − the stickiness part of the score",
    "quiet_days": "working days since the last use by anybody",
    "recency_gap": "100 − the recency part of the score",
    "active_users": "users active in the period",
    "people": "licensed seats; without seats, users ever seen",
    "active_percent": "active_users of people, 0 to 100",
    "active_gap": "100 − active_percent",
    "known_users": "users ever seen",
    "quiet_users": "of these, users not active for 30 days",
    "quiet_users_percent": "quiet_users of known_users, 0 to 100",
    "champion_days": "days since the champion who is inactive longest was last active, from 30 on",
    "uses": "uses in the period by users who are named",
    "top_user_uses": "uses of the one who makes half or more of at least 50",
    "top_user_percent": "that one's share of uses, 0 to 100",
    "history_days": "days since the first ever use",
    "days_to_renewal": "days from the as-of day to the renewal",
}
"""Name -> what it is. Not known (never measured): no rule that asks for it or writes it applies."""

TEXTS: Mapping[str, str] = {
    "customer": "the customer's name",
    "period": "“the last 30 days”",
    "as_of": "the day that the figures are of",
    "arr": "“$184k”",
    "moved_part": "the part of the score that cost most",
    "features": "up to three unused features by name, the most worth winning first",
    "features_compared": "the same with the customer's reach against the peers'",
    "feature": "the first of them",
    "feature_peers": "who the peers are: “13 customers in Enterprise”",
    "training": "the training for that feature by title; without any, “a walkthrough of 20 minutes”",
    "entitled_features": "up to three granted features without a use, the most important first",
    "depth_peers": "the peers of uses_a_week",
    "last_active": "the last day on which anybody was active",
    "people_words": "“40 licensed seats” or “12 known users”",
    "champion": "that champion's name; “the champion” for readers who may not see people",
    "champion_last": "the day on which that champion was last active",
    "top_user": "the user who makes most of the use; “the main user” for readers who may not see people",
    "renewal_day": "the day of the renewal",
}

ABOUT_UNUSED = frozenset(
    {"features", "features_compared", "feature", "feature_reach_percent", "feature_gap", "training"}
)
ABOUT_ENTITLED = frozenset({"entitled_features"})
ABOUT_PEOPLE = ("champion", "top_user")
