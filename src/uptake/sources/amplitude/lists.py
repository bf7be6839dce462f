"""Amplitude's lists, which are no usage: merged ids, groups, and users of a cohort or a chart point."""

from uptake.sources.fields import Fields
from uptake.sources.reading import Answers, NotUsage, Reading, Table

INSTEAD = "Take the project's raw events (Export API or a warehouse copy) or a chart by company per day instead."
OF_EVENTS = ("event", "time", "date")
GROUP_LIST = {"group_id", "group_name", "first_time", "creator_amplitude_id"}


class AmplitudeLists:
    slug = "amplitude_lists"
    platform = "amplitude"

    def read(self, table: Table, _answers: Answers) -> Reading | None:
        """Raises NotUsage for each of the lists; never reads one."""
        fields = Fields(table)
        if fields.has("merged_amplitude_id") and fields.find("merge_server_time", "merge_time"):
            raise NotUsage(f"{table.name} tells which Amplitude users were merged; it holds no usage. {INSTEAD}")
        if {name.strip().lower() for name in fields.names} == GROUP_LIST:
            raise NotUsage(f"{table.name} is Amplitude's group list: one row per company, not usage. {INSTEAD}")
        if fields.has("amplitude_id") and not any(word in name.lower() for name in fields.names for word in OF_EVENTS):
            raise NotUsage(f"{table.name} is an Amplitude user list: one row per user, not usage. {INSTEAD}")
        return None
