"""What is done about the feature catalogue. One transaction and one line of the audit trail each."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TypeVar

from django.db import transaction

from uptake.customers.inputs import NewFeature, check_all, check_feature, check_minutes_saved, check_name
from uptake.customers.models import (
    ANY_SOURCE,
    TAGS,
    Feature,
    FeatureName,
    ResourceKind,
    SetAsideName,
    TrainingResource,
)
from uptake.customers.names import name_key
from uptake.kit.errors import ProductError
from uptake.team.models import Teammate
from uptake.team.services import record

Name = TypeVar("Name", FeatureName, SetAsideName)

_FEATURE_FIELDS = (
    *("name", "category", "importance", "cadence", "expected_adoption_days", "value_sentence", "minutes_saved"),
    *("tags", "is_edited"),
)


@transaction.atomic
def define_features(features: Iterable[NewFeature], *, by: Teammate | None = None) -> list[Feature]:
    """Write features into the catalogue, replacing what was said under the same key; returned in the order given.

    ``key`` is what the event of that name has by itself, unless given. Raises ProductError when two share a key.
    """
    news = check_all(features, check_feature)
    rows = [
        Feature(
            key=new.key or name_key(new.name),
            name=new.name.strip(),
            category=new.category,
            importance=new.importance,
            cadence=new.cadence,
            expected_adoption_days=new.expected_adoption_days,
            value_sentence=new.value_sentence,
            minutes_saved=new.minutes_saved,
            tags=",".join(tag for tag in TAGS if tag in new.tags),
            is_edited=True,
        )
        for new in news
    ]
    _refuse_shared_keys(rows)
    Feature.objects.bulk_create(rows, update_conflicts=True, unique_fields=["key"], update_fields=_FEATURE_FIELDS)
    stored = {feature.key: feature for feature in Feature.objects.filter(key__in=[row.key for row in rows])}
    made = [stored[row.key] for row in rows]
    if made:
        record(by, "defined", f"{len(made)} features", features=[row.key for row in made])
    _name(
        [(source, event, made[at]) for at, new in enumerate(news) for source, event in new.event_names],
        by=by,
    )
    return made


@transaction.atomic
def set_minutes_saved(feature_id: str, minutes: Decimal | None, *, name: str, by: Teammate | None = None) -> Feature:
    """Say how many minutes one use of a feature saves, for all customers; None: nobody knows.

    ``name``: what people call the feature, for one that is not in the catalogue yet.
    """
    check_minutes_saved(name, minutes)
    feature, _ = Feature.objects.get_or_create(key=feature_id, defaults={"name": name})
    was = feature.minutes_saved
    feature.minutes_saved, feature.is_edited = minutes, True
    feature.save(update_fields=["minutes_saved", "is_edited"])
    record(by, "changed", feature, feature=feature.key, minutes_saved=str(minutes), was=str(was))
    return feature


@transaction.atomic
def name_feature(
    feature: Feature, *, event_names: Iterable[str], source: str = ANY_SOURCE, by: Teammate | None = None
) -> None:
    """Let event names stand for a feature, in one source or in all; they leave the feature they stood for before."""
    _name([(source, event_name, feature) for event_name in event_names], by=by)


@transaction.atomic
def name_events(entries: Iterable[tuple[str, str, str]], *, by: Teammate | None = None) -> list[tuple[str, str]]:
    """Take over the readable names that a platform gives its ids: (source, event name, readable name).

    What a teammate named stays as it is. Returns the (source, event key) that are new, for ``forget_event_names``.
    """
    wanted = {(source, name_key(event)): (source, event, name) for source, event, name in entries if name_key(name)}
    known = set(FeatureName.objects.values_list("source", "event_key"))
    new = {key: entry for key, entry in wanted.items() if key not in known}
    if not new:
        return []
    names = {name_key(name): name.strip() for _, _, name in new.values()}
    Feature.objects.bulk_create([Feature(key=key, name=name) for key, name in names.items()], ignore_conflicts=True)
    features = {feature.key: feature for feature in Feature.objects.filter(key__in=names)}
    _name([(source, event, features[name_key(name)]) for source, event, name in new.values()], by=by)
    return sorted(new)


@transaction.atomic
def forget_event_names(pairs: Iterable[tuple[str, str]]) -> None:
    """Take back what ``name_events`` made, where no teammate has edited the feature since."""
    for source, key in pairs:
        FeatureName.objects.filter(source=source, event_key=key, feature__is_edited=False).delete()
    Feature.objects.filter(is_edited=False, names=None, entitlements=None, counted_by=None, resources=None).delete()


@transaction.atomic
def set_names_aside(
    event_names: Iterable[str], *, source: str = ANY_SOURCE, reason: str = "", by: Teammate | None = None
) -> None:
    """Declare that event names are no feature use; what they stood for in that source is forgotten."""
    names = _by_key(event_names)
    FeatureName.objects.filter(source=source, event_key__in=names).delete()
    rows = [SetAsideName(source=source, event_name=name, event_key=key, reason=reason) for key, name in names.items()]
    _replace(SetAsideName, rows, ["event_name", "reason"])
    if rows:
        record(by, "set aside", f"{len(rows)} event names", source=source, event_names=list(names.values()))


@transaction.atomic
def add_training_resource(
    feature: Feature,
    *,
    kind: str,
    title: str,
    url: str,
    level: str = "",
    minutes: int | None = None,
    language: str = "en",
    by: Teammate | None = None,
) -> TrainingResource:
    """Note something that teaches the feature."""
    if kind not in ResourceKind.values:
        raise ProductError(f"“{kind}” is no kind of resource; use video, document, webinar or guide.")
    if not url.startswith(("https://", "http://")):
        raise ProductError(f"“{url}” is no address; it must start with https:// or http://.")
    resource = TrainingResource.objects.create(
        feature=feature, kind=kind, title=title, url=url, level=level, minutes=minutes, language=language
    )
    record(by, "added", resource, feature=feature.key, url=url)
    return resource


def _name(entries: Iterable[tuple[str, str, Feature]], *, by: Teammate | None) -> None:
    rows: Mapping[tuple[str, str], FeatureName] = {
        (source, name_key(event)): FeatureName(
            source=source, event_name=event, event_key=name_key(event), feature=feature
        )
        for source, event, feature in entries
    }
    for row in rows.values():
        check_name(row.event_name, "An event")
    _replace(FeatureName, list(rows.values()), ["event_name", "feature"])
    for source in {source for source, _ in rows}:
        keys = [key for of, key in rows if of == source]
        SetAsideName.objects.filter(source=source, event_key__in=keys).delete()
    if rows:
        record(
            by,
            "named",
            f"{len(rows)} event names",
            event_names=[[row.source, row.event_name, row.feature.key] for row in rows.values()],
        )


def _replace(model: type[Name], rows: list[Name], update_fields: list[str]) -> None:
    model._default_manager.bulk_create(
        rows, update_conflicts=True, unique_fields=["source", "event_key"], update_fields=update_fields
    )


def _by_key(event_names: Iterable[str]) -> dict[str, str]:
    names = {}
    for event_name in event_names:
        check_name(event_name, "An event")
        names[name_key(event_name)] = event_name
    return names


def _refuse_shared_keys(rows: Iterable[Feature]) -> None:
    seen: dict[str, Feature] = {}
    for row in rows:
        other = seen.setdefault(row.key, row)
        if other is not row:
            raise ProductError(f"“{other.name}” and “{row.name}” would be one feature, “{row.key}”.")
