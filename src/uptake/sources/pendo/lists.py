"""Pendo's lists, which are no usage: visitors, accounts, guide events, and the names of features and pages."""

from uptake.sources.fields import Fields
from uptake.sources.pendo.lookup import is_lookup
from uptake.sources.reading import Answers, NotUsage, Reading, Table

INSTEAD = "Take the events of the aggregation API or of a connector, or the event breakdown of a feature, instead."
SUMMARY_COLUMNS = (
    "first visit",
    "last visit",
    "days active",
    "time on app",
    "time on app (minutes)",
    "number of events",
)
USERS = "a list of users, not of customers and not usage"


class PendoLists:
    slug = "pendo_lists"
    platform = "pendo"

    def read(self, table: Table, _answers: Answers) -> Reading | None:
        """Raises NotUsage for each of the lists; never reads one."""
        fields = Fields(table)
        if is_lookup(table):
            raise NotUsage(
                f"{table.name} is a list of ids and names, such as Pendo's feature list, not usage. Give it together "
                "with the event file whose features it names."
            )
        what = _summary(fields) or _metadata(fields)
        if what:
            rows = f"one row per {what}, not usage" if what != "visitor" else USERS
            raise NotUsage(f"{table.name} is Pendo's {what} list: {rows}. {INSTEAD}")
        if fields.has("guideid", "visitorid", "type") or fields.has("guide_id", "visitor_id", "type"):
            raise NotUsage(
                f"{table.name} holds Pendo's guide events: what people did with guides, not usage. {INSTEAD}"
            )
        return None


def _summary(fields: Fields) -> str | None:
    """A download of the Visitors or Accounts page: its ids, sums over a range, and no day."""
    if fields.find("date", "day") or not fields.find(*SUMMARY_COLUMNS):
        return None
    if fields.has("visitor id"):
        return "visitor"
    return "account" if fields.has("account id") and fields.find("first visit", "last visit") else None


def _metadata(fields: Fields) -> str | None:
    """The API's visitors or accounts: an id and its metadata."""
    if not fields.has("metadata"):
        return None
    if fields.has("visitorid"):
        return "visitor"
    return "account" if fields.has("accountid") else None
