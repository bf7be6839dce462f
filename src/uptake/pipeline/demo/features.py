"""The 24 features of the demo's product, most popular first."""

from uptake.pipeline.demo.portfolio import FeaturePlan

FEATURES = (
    FeaturePlan("Dashboard", "core", 90, "daily", 7, "Everybody starts the day from the same figures."),
    FeaturePlan("Search", "core", 70, "daily", 7, "Find a record in seconds instead of asking a colleague."),
    FeaturePlan("Saved Views", "core", 55, "weekly", 14, "Keep the filters you use, so that lists open ready."),
    FeaturePlan("Reports", "core", 85, "weekly", 14, "Answer a manager's question without a spreadsheet."),
    FeaturePlan("Export", "core", 40, "weekly", 21, "Take figures along into meetings and other tools."),
    FeaturePlan("Notifications", "core", 50, "daily", 14, "Hear about exceptions while they can still be mended."),
    FeaturePlan("Comments", "core", 55, "weekly", 21, "Decisions stay beside the figures they were made from."),
    FeaturePlan("Team Spaces", "core", 60, "weekly", 21, "Each team sees its own work and nothing else."),
    FeaturePlan("Mobile App", "core", 45, "weekly", 30, "Approve and look up on the way."),
    FeaturePlan("Integrations", "advanced", 80, "weekly", 30, "Data flows in by itself and is never a day old."),
    FeaturePlan("Scheduled Reports", "advanced", 70, "weekly", 30, "Monday's report is written before Monday."),
    FeaturePlan("Data Import", "advanced", 55, "weekly", 30, "Bring old records along without typing."),
    FeaturePlan("Calendar Sync", "advanced", 35, "weekly", 30, "Due dates appear where people look."),
    FeaturePlan("Bulk Edit", "advanced", 40, "weekly", 30, "Change a thousand records as easily as one."),
    FeaturePlan("Templates", "advanced", 45, "weekly", 30, "Start from what worked last time."),
    FeaturePlan("Advanced Analytics", "advanced", 85, "weekly", 30, "See causes, not only totals."),
    FeaturePlan(
        "Role Permissions", "advanced", 50, "monthly", 45, "People see what they should, auditors are content."
    ),
    FeaturePlan("Forecasting", "power", 75, "weekly", 45, "Plan next quarter from this quarter's pattern."),
    FeaturePlan("Segmentation", "power", 60, "weekly", 45, "Treat different customers differently."),
    FeaturePlan("Custom Workflows", "power", 80, "weekly", 45, "Approvals run without anybody chasing them."),
    FeaturePlan("Audit Log", "power", 30, "monthly", 60, "Every change has a name and a time."),
    FeaturePlan("Webhooks", "power", 45, "weekly", 60, "Other systems react the moment something happens."),
    FeaturePlan("API Access", "power", 70, "daily", 60, "Build the product into your own processes."),
    FeaturePlan("Embedded Charts", "power", 35, "weekly", 60, "Your customers see your figures in your pages."),
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
