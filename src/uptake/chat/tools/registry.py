"""Every tool, in the order in which they are shown. A room that brings a tool adds its line."""

from uptake.chat.tools.alerts import ALERTS
from uptake.chat.tools.compare import COMPARE, TREND
from uptake.chat.tools.contracts import RENEWALS, REVENUE
from uptake.chat.tools.customer import EXPLAIN, WHY_CHANGED
from uptake.chat.tools.customer_adoption import ADOPTION, QUIET_USERS
from uptake.chat.tools.customer_features import FEATURE_ADOPTION, UNUSED
from uptake.chat.tools.customer_guides import GUIDES
from uptake.chat.tools.exporting import EXPORT
from uptake.chat.tools.features import FEATURE_SHARES, HEATMAP
from uptake.chat.tools.guide import OPEN_PAGE, UPLOAD_HELP, WHAT_CAN_YOU_DO
from uptake.chat.tools.health import HEALTH, UPDATE_HEALTH
from uptake.chat.tools.noticed import AT_RISK, INSIGHTS
from uptake.chat.tools.outreach import DRAFT_OUTREACH
from uptake.chat.tools.scored import LAGGARDS, LEADERS, SCORES
from uptake.chat.tools.several import SEVERAL
from uptake.chat.tools.tasks import CREATE_TASKS
from uptake.chat.tools.tool import BadArguments, Tool

TOOLS: tuple[Tool, ...] = (
    UPLOAD_HELP,
    SCORES,
    LEADERS,
    LAGGARDS,
    EXPLAIN,
    WHY_CHANGED,
    ADOPTION,
    QUIET_USERS,
    GUIDES,
    FEATURE_ADOPTION,
    UNUSED,
    HEATMAP,
    FEATURE_SHARES,
    COMPARE,
    TREND,
    ALERTS,
    AT_RISK,
    INSIGHTS,
    RENEWALS,
    REVENUE,
    HEALTH,
    UPDATE_HEALTH,
    CREATE_TASKS,
    DRAFT_OUTREACH,
    EXPORT,
    OPEN_PAGE,
    WHAT_CAN_YOU_DO,
    SEVERAL,
)

CHANGING = frozenset(tool.name for tool in TOOLS if tool.changes)
"""Names of the tools that change something: never run without a confirmation."""

_BY_NAME = {tool.name: tool for tool in TOOLS}


def tool_named(name: str) -> Tool:
    """Raises BadArguments."""
    if name not in _BY_NAME:
        raise BadArguments("There is no such button any more; ask in words.")
    return _BY_NAME[name]
