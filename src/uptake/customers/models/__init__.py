"""The rows of this room, a module per question."""

from uptake.customers.models.accounts import Account, AccountSighting, CustomerListLock, MatchedBy
from uptake.customers.models.contracts import Contract, Entitlement, EntitlementKind
from uptake.customers.models.customers import Customer, CustomerDomain, Stakeholder, WorkingDays
from uptake.customers.models.features import (
    ANY_SOURCE,
    Cadence,
    Category,
    Feature,
    FeatureName,
    ResourceKind,
    SetAsideName,
    TrainingResource,
)
from uptake.customers.models.visitors import VisitorKind, VisitorRule

__all__ = [
    "ANY_SOURCE",
    "Account",
    "AccountSighting",
    "Cadence",
    "Category",
    "Contract",
    "Customer",
    "CustomerDomain",
    "CustomerListLock",
    "Entitlement",
    "EntitlementKind",
    "Feature",
    "FeatureName",
    "MatchedBy",
    "ResourceKind",
    "SetAsideName",
    "Stakeholder",
    "TrainingResource",
    "VisitorKind",
    "VisitorRule",
    "WorkingDays",
]
