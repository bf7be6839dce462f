"""What the use was worth: hours saved, by the catalogue's own assumption of minutes that one use saves."""

from collections.abc import Sequence

from uptake.insights import words
from uptake.pipeline.dashboard.features import Catalogue
from uptake.pipeline.dashboard.view import FeatureLine, Worth, WorthLine
from uptake.pipeline.dashboard.worked import Worked


def worth_tile(found: Worked, lines: Sequence[FeatureLine], known: Catalogue) -> Worth | None:
    """None where nobody said of a used feature what a use saves."""
    told = []
    for line in lines:
        entry = known.get(line.feature_id)
        if line.uses and entry and entry.minutes_saved:
            minutes = entry.minutes_saved
            told.append(
                WorthLine(
                    line.feature_id, line.feature, line.value_sentence, line.uses, minutes, line.uses * minutes / 60
                )
            )
    if not told:
        return None
    hours, uses = sum(each.hours for each in told), sum(each.uses for each in told)
    used = sum(1 for line in lines if line.uses)
    return Worth(
        lines=sorted(told, key=lambda each: (-each.hours, each.feature.casefold())),
        hours=hours,
        uses=uses,
        sentence=f"About {words.hours(hours)} saved in {words.span(found.asked.period)}: "
        f"{words.counted(uses, 'use')} of {words.counted(len(told), 'feature')}, "
        "each by the minutes that the catalogue assumes a use saves.",
        without_assumption=used - len(told),
    )
