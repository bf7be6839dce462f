"""Which concepts together ask for which tool, and how surely.

A line is ``concepts, weight``; the heaviest line that fits wins. Besides the concepts of ``concepts.py`` there are
C (a customer is named), CC (several are), F (a feature is named) and W (a period is).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Intent:
    """A tool, and the ways to ask for it. ``without``: concepts beside which it is not meant."""

    tool: str
    patterns: tuple[tuple[frozenset[str], float], ...]
    without: frozenset[str] = frozenset()
    least_customers: int = 0
    most_customers: int | None = None
    needs_target: bool = False  # named customers, the laggards, …: it is asked where nothing was said


def _intent(
    tool: str,
    patterns: str,
    *,
    without: str = "",
    least_customers: int = 0,
    most_customers: int | None = None,
    needs_target: bool = False,
) -> Intent:
    lines = [line.split() for line in patterns.strip().splitlines()]
    return Intent(
        tool,
        tuple((frozenset(line[:-1]), float(line[-1])) for line in lines),
        frozenset(without.split()),
        least_customers,
        most_customers,
        needs_target,
    )


INTENTS: tuple[Intent, ...] = (
    _intent(
        "what_can_you_do",
        """
        HELP 3
        """,
        without="C",
    ),
    _intent(
        "upload_help",
        """
        UPLOAD 3.5
        FILE 2.2
        UPLOAD HELP 5
        UPLOAD FILE 5
        UPLOAD PLATFORM 6
        UPLOAD PLATFORM EXPORT 7
        UPLOAD EXPORT 5
        PLATFORM 2.6
        PLATFORM EXPORT 4.7
        PLATFORM HELP 4
        FILE SCORE CALCULATE 6
        FILE ADOPTION SCORE 5
        FILE EXPORT 4.2
        """,
    ),
    _intent(
        "scores",
        """
        SCORE 2.4
        ADOPTION 2.2
        SCORE ALL 3
        ADOPTION ALL 2.8
        ADOPTION SCORE 3
        DOING 2.3
        DOING W 2.6
        DOING ALL 3.2
        DOING ALL W 3.2
        DOING ADOPTION 3.2
        HIGH LOW 4.6
        ALL SHOW 2.1
        CALCULATE SCORE 3
        CALCULATE ADOPTION 3
        CALCULATE ADOPTION SCORE 4.2
        DOING SCORE 3
        DASHBOARD 2.6
        DASHBOARD ALL 3.4
        COUNT 3.6
        COUNT WHO ALL 4
        """,
        without="C FEATURE",
    ),
    _intent(
        "leaders",
        """
        HIGH 3
        HIGH ALL 3.8
        HIGH SCORE 3.8
        HIGH ADOPTION 3.8
        HIGH DOING 3.8
        HIGH USE 3.6
        """,
        without="C LOW FEATURE",
    ),
    _intent(
        "laggards",
        """
        LOW 3.2
        LOW ALL 3.9
        LOW SCORE 3.9
        LOW ADOPTION 3.9
        LOW DOING 3.9
        LOW USE 3.6
        """,
        without="C HIGH FEATURE",
    ),
    _intent(
        "explain_score",
        """
        C 2.6
        C SCORE 4
        C ADOPTION 3.6
        C DOING 4
        C WHY 4
        C LOW 3.6
        C HIGH 3.6
        C USE 2.8
        C WHY LOW 5
        C WHY HIGH 5
        C WHY SCORE 5
        C WHY SCORE LOW 5.6
        C WHY SCORE HIGH 5.6
        C WHY ADOPTION 5
        C SHOW 2.7
        C INSIGHT 3.4
        """,
        least_customers=1,
        most_customers=1,
    ),
    _intent(
        "customer_adoption",
        """
        C DASHBOARD 6.2
        """,
        least_customers=1,
        most_customers=1,
    ),
    _intent(
        "quiet_users",
        """
        C QUIET 6.4
        C QUIET WHO 7
        """,
        without="TASK MAIL EXPORT",
        least_customers=1,
        most_customers=1,
    ),
    _intent(
        "guides",
        """
        C GUIDE 6.4
        C ONBOARDING 6.4
        C GUIDE ONBOARDING 7
        C GUIDE WHO 7
        C ONBOARDING WHO 7
        C ONBOARDING DOING 7
        C GUIDE DOING 7
        C GUIDE USE 7
        C ONBOARDING WHY 7
        C ONBOARDING COUNT 7
        C GUIDE COUNT 7
        """,
        without="TASK MAIL EXPORT",
        least_customers=1,
        most_customers=1,
    ),
    _intent(
        "why_changed",
        """
        C CHANGE 4.4
        C WHY CHANGE 6
        C WHY CHANGE SCORE 7
        C SCORE CHANGE 5
        C CHANGE W 5
        C WHY TREND 5.6
        C DOING CHANGE 5
        C CHANGE ADOPTION 5
        C CHANGE USE 5
        """,
        least_customers=1,
        most_customers=1,
    ),
    _intent(
        "feature_adoption",
        """
        C FEATURE 4.8
        C FEATURE USE 5.4
        C FEATURE ADOPTION 5.6
        C FEATURE SCORE 5
        C FEATURE HIGH 5
        C FEATURE MOST 5.2
        C MOST 4
        C USE 3
        C USE SHOW 3.6
        C F 4.6
        C F USE 5.6
        C F ADOPTION 5.6
        C F DOING 5.6
        C USE DOING 4.6
        C LEVELS 5
        """,
        least_customers=1,
        most_customers=1,
    ),
    _intent(
        "unused_features",
        """
        C UNUSED 6
        C UNUSED FEATURE 7
        C UNUSED FEATURE USE 7.2
        C FEATURE LOW 5.6
        C FEATURE LEAST 6
        C LEAST 5
        C UNUSED F 5.4
        """,
        least_customers=1,
        most_customers=1,
    ),
    _intent(
        "heatmap",
        """
        HEAT 6
        HEAT FEATURE 7
        HEAT ADOPTION 7
        HEAT C 7
        HEAT EXPORT 3
        """,
    ),
    _intent(
        "feature_shares",
        """
        FEATURE 3
        FEATURE USE 4.2
        FEATURE ADOPTION 4.4
        FEATURE ADOPTION ALL 4.6
        FEATURE HIGH 4.4
        FEATURE LOW 4.4
        FEATURE MOST 4.6
        FEATURE LEAST 4.6
        FEATURE UNUSED 4.8
        FEATURE SCORE 4
        FEATURE SHOW 3.2
        FEATURE DOING 4.2
        UNUSED 3.4
        MOST 3.4
        LEAST 3.4
        LEVELS 4
        F 2.8
        F USE 4.6
        F ADOPTION 4.6
        F WHO 4.4
        F WHO USE 5.2
        F WHO UNUSED 5.2
        F UNUSED 4.8
        F DOING 4.4
        F ALL 3.4
        """,
        without="C HEAT",
    ),
    _intent(
        "compare_customers",
        """
        CC 4.2
        CC COMPARE 8
        CC COMPARE SCORE 8.2
        CC HIGH 5.4
        CC LOW 5.4
        CC SCORE 5.6
        CC ADOPTION 5.6
        CC DOING 5.6
        CC USE 5
        CC FEATURE 6.2
        CC FEATURE USE 6.6
        CC FEATURE ADOPTION 6.6
        CC WHY 5.6
        CC CHANGE 5
        COMPARE 3
        COMPARE C 5.6
        COMPARE SCORE 3.6
        COMPARE ALL 3.6
        """,
        least_customers=2,
    ),
    _intent(
        "trend",
        """
        TREND 4
        TREND SCORE 5
        TREND ADOPTION 5
        TREND ALL 5
        TREND DOING 5
        TREND SCORE ALL 5.2
        C TREND 5.4
        C TREND SCORE 6
        C TREND ADOPTION 6
        C TREND DOING 6
        CC TREND 7
        CC TREND COMPARE 8.6
        CHANGE ADOPTION 3.8
        CHANGE SCORE 3.8
        CHANGE DOING 3.8
        CHANGE WHY SCORE 4
        CHANGE ADOPTION W 4
        """,
        without="HEALTH F",
        most_customers=4,
    ),
    _intent(
        "alerts",
        """
        ALERT 4.4
        ALERT ALL 5.6
        ALERT SHOW 5
        ALERT SHOW ALL 5.8
        ALERT WHO 5.2
        ALERT WHO ALL 5.8
        ALERT C 6
        ALERT C SHOW 6.2
        ALERT CC 6.2
        ALERT RISK 5.2
        ALERT USE 5
        ALERT USE ALL 5.8
        ALERT USE C 6.4
        OPEN ALERT 5.6
        OPEN ALERT C 6.4
        """,
        without="TASK MAIL EXPORT",
    ),
    _intent(
        "customers_at_risk",
        """
        RISK 3.8
        RISK ALL 5
        RISK WHO 5
        RISK SHOW 4.4
        RISK C 4.9
        RISK SCORE 4.6
        RISK HEALTH 4.8
        RISK LOW 4.6
        RISK WHY 4
        RISK INSIGHT 4.8
        CHANGE ALL 3.6
        CHANGE WHO 3.6
        CHANGE ALL WHO 4.4
        """,
    ),
    _intent(
        "insights",
        """
        INSIGHT 3.8
        INSIGHT SHOW 4
        INSIGHT ALL 4.4
        INSIGHT DOING 4.2
        INSIGHT C 4.6
        INSIGHT ADOPTION 4.4
        INSIGHT FEATURE 4.7
        """,
    ),
    _intent(
        "renewals",
        """
        RENEWAL 4
        RENEWAL ALL 5
        RENEWAL WHO 5
        RENEWAL WHO ALL 5.6
        RENEWAL SHOW 4.4
        RENEWAL RISK 5.6
        RENEWAL C 5.4
        RENEWAL REVENUE 5.6
        RENEWAL UPDATE 4.2
        UPDATE WHO ALL 3.8
        UPDATE WHO W 3.8
        UPDATE C WHO 4
        UPDATE C ASKED_WHEN 6
        RENEWAL C ASKED_WHEN 6
        """,
        without="TASK MAIL HEALTH SCORE",
    ),
    _intent(
        "revenue",
        """
        REVENUE 3.8
        REVENUE ALL 4.6
        REVENUE RISK 6
        REVENUE LOW 5
        REVENUE WHO 4
        """,
        without="C TASK MAIL EXPORT",
    ),
    _intent(
        "health",
        """
        HEALTH 3.6
        HEALTH SCORE 4.4
        HEALTH ALL 4.6
        HEALTH SCORE ALL 4.8
        HEALTH DOING 4.6
        HEALTH C 5.2
        HEALTH C SCORE 5.6
        HEALTH C DOING 5.6
        HEALTH C WHY 6.2
        HEALTH LOW 4.8
        HEALTH HIGH 4.8
        HEALTH LOW ALL 5
        HEALTH HIGH ALL 5
        HEALTH LOW SCORE 5
        HEALTH HIGH SCORE 5
        HEALTH C CHANGE 5.8
        HEALTH C WHY CHANGE 7.2
        HEALTH CHANGE 4.4
        HEALTH TREND 5
        HEALTH C TREND 6.4
        CC HEALTH 6.4
        CC HEALTH COMPARE 8.8
        """,
    ),
    _intent(
        "update_health",
        """
        UPDATE HEALTH 6.4
        UPDATE HEALTH SCORE 7
        UPDATE HEALTH C 7.4
        UPDATE HEALTH SCORE ALL 7.4
        UPDATE HEALTH LOW 7.2
        UPDATE HEALTH RISK 7.2
        UPDATE SCORE 4
        UPDATE SCORE ALL 4.4
        UPDATE SCORE C 5.2
        """,
        without="FILE UPLOAD ADOPTION",
    ),
    _intent(
        "create_tasks",
        """
        MAKE TASK 6
        MAKE TASK ADOPTION 6.4
        MAKE TASK LOW 7
        MAKE TASK RISK 7
        MAKE TASK C 7.6
        MAKE TASK ALL 6.4
        MAKE TASK SCORE 6.4
        MAKE TASK HEALTH 6.4
        MAKE TASK FEATURE 6.6
        TASK LOW 5
        TASK RISK 5
        TASK C 5.2
        TASK CC 6
        """,
        without="WRITE_PLAINLY",
        needs_target=True,
    ),
    _intent(
        "draft_outreach",
        """
        WRITE MAIL 6
        WRITE MAIL LOW 7
        WRITE MAIL RISK 7
        WRITE MAIL C 7.6
        WRITE MAIL ALL 6.4
        WRITE_PLAINLY C 5.6
        WRITE_PLAINLY LOW 5.6
        WRITE_PLAINLY RISK 5.6
        WRITE_PLAINLY ALL 4.6
        MAKE_PLAINLY MAIL 5.4
        MAKE_PLAINLY MAIL C 7
        MAKE_PLAINLY MAIL LOW 7
        MAKE_PLAINLY MAIL RISK 7
        MAIL C 5
        MAIL LOW 5
        MAIL RISK 5
        """,
        without="TASK",
        needs_target=True,
    ),
    _intent(
        "export",
        """
        EXPORT 4
        FORMAT 3.2
        EXPORT FORMAT 6.4
        EXPORT SCORE 5
        EXPORT ALL 5
        EXPORT ADOPTION 5
        EXPORT C 5
        EXPORT HEALTH 5.4
        EXPORT FEATURE 5.6
        EXPORT LOW 5.4
        EXPORT HIGH 5.4
        FORMAT SCORE 4.6
        FORMAT ALL 4.6
        FORMAT ADOPTION 4.6
        FORMAT HEALTH 5
        EXPORT HEAT 7.6
        EXPORT TREND 5.6
        EXPORT C FEATURE 6.4
        """,
        without="UPLOAD PLATFORM",
    ),
    _intent(
        "open_page",
        """
        OPEN PAGE_PORTFOLIO 5.6
        OPEN PAGE_TASKS 5.6
        OPEN PAGE_OUTREACH 5.6
        OPEN PAGE_IMPORTS 5.6
        OPEN PAGE_SETTINGS 5.6
        OPEN C 5.4
        PAGE_TASKS 3
        PAGE_OUTREACH 2.8
        PAGE_IMPORTS 3
        PAGE_SETTINGS 3.4
        SHOW PAGE_TASKS 3.8
        SHOW PAGE_OUTREACH 3.8
        SHOW PAGE_IMPORTS 4.2
        SHOW PAGE_SETTINGS 4.2
        """,
    ),
)
"""A room that brings a tool adds its lines."""
