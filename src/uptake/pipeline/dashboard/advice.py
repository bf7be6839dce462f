"""What to do next, with buttons that do it: a task, a note to those who went quiet, a training, a guide, a link."""

from collections.abc import Sequence

from uptake.insights import words
from uptake.insights.insight import Recommendation
from uptake.pipeline.dashboard.features import Catalogue
from uptake.pipeline.dashboard.view import Action, Advice
from uptake.pipeline.dashboard.worked import Worked

MOST = 6


def advice_tile(found: Worked, made: Sequence[Recommendation], known: Catalogue) -> list[Advice]:
    """The most valuable first."""
    return [Advice(each, _actions(found, each, known)) for each in made[:MOST]]


def _actions(found: Worked, made: Recommendation, known: Catalogue) -> list[Action]:
    actions = [Action("task", "Make a task", feature_id=made.feature_id)]
    quiet = int(found.today.of_status("at_risk").sum())
    if made.channel == "email" and made.feature_id is None and quiet:
        actions.append(Action("campaign", f"Draft a note to {words.counted(quiet, 'user')} at risk", status="at_risk"))
    if made.feature_id is None:
        return actions
    actions.append(Action("training", "Schedule a training", feature_id=made.feature_id))
    entry = known.get(made.feature_id)
    for each in (entry.resources if entry else ())[:1]:
        actions.append(Action("guide", f"Send “{each.title}”", made.feature_id, resource_id=each.resource_id))
        actions.append(
            Action("share link", "Copy the link", made.feature_id, resource_id=each.resource_id, url=each.url)
        )
    return actions
