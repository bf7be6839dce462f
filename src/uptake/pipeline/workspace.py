"""What the workspace's settings say of days."""

from datetime import date, datetime, timedelta

from django.conf import settings

from uptake.customers.models import Customer
from uptake.customers.tables import WORKING_WEEKS
from uptake.kit.days import zone_named
from uptake.pipeline.still import once_while_still


def workspace_week() -> str:
    """Monday first; 1 = use is expected on that day."""
    return WORKING_WEEKS[settings.UPTAKE.working_days]


@once_while_still
def yesterday() -> date:
    """The last day that is complete for everybody: in the workspace's time zone and in those of all customers."""
    own = Customer.objects.filter(is_archived=False, time_zone__gt="").order_by().values_list("time_zone", flat=True)
    zones = {settings.UPTAKE.time_zone, *filter(None, own.distinct())}
    return min(datetime.now(tz=zone_named(zone)).date() for zone in zones) - timedelta(days=1)
