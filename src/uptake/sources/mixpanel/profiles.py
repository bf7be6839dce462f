"""Mixpanel profiles (Engage API, Users page): one row per user or group, which is no usage."""

from uptake.sources.fields import Fields
from uptake.sources.reading import Answers, NotUsage, Reading, Table


class Profiles:
    slug = "mixpanel_profiles"
    platform = "mixpanel"

    def read(self, table: Table, _answers: Answers) -> Reading | None:
        """Raises NotUsage for profiles; never reads them."""
        fields = Fields(table)
        if fields.has("$distinct_id") and fields.find("$properties", "$email", "$last_seen"):
            raise NotUsage(
                f"{table.name} holds Mixpanel profiles: one row per user, not usage. Take the raw export of the "
                "project's events instead."
            )
        return None
