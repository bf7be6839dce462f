"""The rows of this room, a module per question."""

from uptake.customers.models.accounts import Account, AccountProfile, AccountSighting, CustomerListLock, MatchedBy
from uptake.customers.models.contracts import Contract, CountedPer, Entitlement, EntitlementKind, EntitlementReading
from uptake.customers.models.customers import Customer, CustomerDomain, Stakeholder, WorkingDays
from uptake.customers.models.features import (
    ANY_SOURCE,
    TAGS,
    Cadence,
    Category,
    Feature,
    FeatureName,
    ResourceKind,
    SetAsideName,
    TrainingResource,
)
from uptake.customers.models.lists import ListChange
from uptake.customers.models.visitors import VisitorKind, VisitorRule

__all__ = [
    "ANY_SOURCE",
    "TAGS",
    "Account",
    "AccountProfile",
    "AccountSighting",
    "Cadence",
    "Category",
    "Contract",
    "CountedPer",
    "Customer",
    "CustomerDomain",
    "CustomerListLock",
    "Entitlement",
    "EntitlementKind",
    "EntitlementReading",
    "Feature",
    "FeatureName",
    "ListChange",
    "MatchedBy",
    "ResourceKind",
    "SetAsideName",
    "Stakeholder",
    "TrainingResource",
    "VisitorKind",
    "VisitorRule",
    "WorkingDays",
]
