"""What the workspace's settings say of days."""

from datetime import date, datetime, timedelta, tzinfo

from django.conf import settings

from uptake.customers.models import Customer
from uptake.customers.tables import WORKING_WEEKS
from uptake.kit.days import zone_named
from uptake.pipeline.still import once_while_still
from uptake.pipeline.sync.arrived import adds_up_days, asked_connections, zone_of


def workspace_week() -> str:
    """Monday first; 1 = use is expected on that day."""
    return WORKING_WEEKS[settings.UPTAKE.working_days]


@once_while_still
def yesterday() -> date:
    """The last day that is complete for everybody: in the workspace's time zone, in those of all customers, and where a
    platform that adds its days up itself has them."""
    zones = [*(zone_named(zone) for zone in customer_zones() | {settings.UPTAKE.time_zone}), *_zones_of_platforms()]
    return min(datetime.now(tz=zone).date() for zone in zones) - timedelta(days=1)


def customer_zones() -> set[str]:
    """The time zones that customers have of their own."""
    own = Customer.objects.filter(is_archived=False, time_zone__gt="").order_by().values_list("time_zone", flat=True)
    return set(filter(None, own.distinct()))


def _zones_of_platforms() -> list[tzinfo]:
    return [zone_of(each) for each in asked_connections() if adds_up_days(each)]
