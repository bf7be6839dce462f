"""The 24 features of the demo's product, most popular first."""

from uptake.pipeline.demo.portfolio import FeaturePlan

FEATURES = (
    FeaturePlan("Dashboard", "core", 90, "daily", 7, "Everybody starts the day from the same figures.", 2),
    FeaturePlan("Search", "core", 70, "daily", 7, "Find a record in seconds instead of asking a colleague.", 3),
    FeaturePlan(
        "Saved Views", "core", 55, "weekly", 14, "Keep the filters you use, so that lists open ready.", 4, ("content",)
    ),
    FeaturePlan(
        "Reports",
        "core",
        85,
        "weekly",
        14,
        "Answer a manager's question without a spreadsheet.",
        20,
        ("content", "report"),
    ),
    FeaturePlan(
        "Export", "core", 40, "weekly", 21, "Take figures along into meetings and other tools.", 10, ("report",)
    ),
    FeaturePlan("Notifications", "core", 50, "daily", 14, "Hear about exceptions while they can still be mended.", 1.5),
    FeaturePlan(
        "Comments",
        "core",
        55,
        "weekly",
        21,
        "Decisions stay beside the figures they were made from.",
        5,
        ("collaboration",),
    ),
    FeaturePlan(
        "Team Spaces", "core", 60, "weekly", 21, "Each team sees its own work and nothing else.", 4, ("collaboration",)
    ),
    FeaturePlan("Mobile App", "core", 45, "weekly", 30, "Approve and look up on the way.", None),
    FeaturePlan(
        "Integrations",
        "advanced",
        80,
        "weekly",
        30,
        "Data flows in by itself and is never a day old.",
        15,
        ("integration",),
    ),
    FeaturePlan(
        "Scheduled Reports",
        "advanced",
        70,
        "weekly",
        30,
        "Monday's report is written before Monday.",
        30,
        ("content", "report"),
    ),
    FeaturePlan(
        "Data Import",
        "advanced",
        55,
        "weekly",
        30,
        "Bring old records along without typing.",
        25,
        ("integration", "content"),
    ),
    FeaturePlan(
        "Calendar Sync", "advanced", 35, "weekly", 30, "Due dates appear where people look.", 2, ("integration",)
    ),
    FeaturePlan(
        "Bulk Edit", "advanced", 40, "weekly", 30, "Change a thousand records as easily as one.", 12, ("content",)
    ),
    FeaturePlan("Templates", "advanced", 45, "weekly", 30, "Start from what worked last time.", 15, ("content",)),
    FeaturePlan("Advanced Analytics", "advanced", 85, "weekly", 30, "See causes, not only totals.", 25, ("report",)),
    FeaturePlan(
        "Role Permissions",
        "advanced",
        50,
        "monthly",
        45,
        "People see what they should, auditors are content.",
        None,
        ("collaboration",),
    ),
    FeaturePlan(
        "Forecasting", "power", 75, "weekly", 45, "Plan next quarter from this quarter's pattern.", 45, ("report",)
    ),
    FeaturePlan("Segmentation", "power", 60, "weekly", 45, "Treat different customers differently.", 20, ("content",)),
    FeaturePlan(
        "Custom Workflows", "power", 80, "weekly", 45, "Approvals run without anybody chasing them.", 35, ("content",)
    ),
    FeaturePlan("Audit Log", "power", 30, "monthly", 60, "Every change has a name and a time.", None),
    FeaturePlan(
        "Webhooks",
        "power",
        45,
        "weekly",
        60,
        "Other systems react the moment something happens.",
        5,
        ("api", "integration"),
    ),
    FeaturePlan(
        "API Access", "power", 70, "daily", 60, "Build the product into your own processes.", 3, ("api", "integration")
    ),
    FeaturePlan(
        "Embedded Charts",
        "power",
        35,
        "weekly",
        60,
        "Your customers see your figures in your pages.",
        8,
        ("integration", "collaboration"),
    ),
)

NUMBER = {feature.name: number for number, feature in enumerate(FEATURES)}

LAUNCHED = NUMBER["Forecasting"]
"""Did not exist until half-way through the last 90 days."""
LAUNCHED_DAYS_AGO = 45

STALLED = NUMBER["Advanced Analytics"]
"""Switched on for many customers, tried by a few people, taken up by hardly any."""

MACHINE = NUMBER["Data Import"]
"""What service accounts do all day."""

_NOT_IN_BUSINESS = {"Audit Log", "Webhooks", "API Access", "Embedded Charts"}
_IN_STARTER = {
    *("Dashboard", "Search", "Saved Views", "Reports", "Export", "Notifications", "Comments", "Team Spaces"),
    *("Mobile App", "Integrations", "Scheduled Reports", "Data Import", "Calendar Sync", "Templates"),
}


def granted_by(plan: str) -> tuple[int, ...]:
    """Numbers of the features in a plan: all 24 in Enterprise, 20 in Business, 14 in Starter."""
    if plan == "Starter":
        return tuple(number for number, feature in enumerate(FEATURES) if feature.name in _IN_STARTER)
    left_out = _NOT_IN_BUSINESS if plan == "Business" else set[str]()
    return tuple(number for number, feature in enumerate(FEATURES) if feature.name not in left_out)
