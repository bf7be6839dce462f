"""Which event names are features, log-ins, or neither."""

import pytest

from uptake.customers.catalogue import EVENT_NAMES, resolve_event_names
from uptake.customers.features import (
    add_training_resource,
    define_features,
    name_events,
    name_feature,
    set_names_aside,
)
from uptake.customers.inputs import NewFeature
from uptake.customers.models import Feature, SetAsideName
from uptake.kit.errors import ProductError
from uptake.team.models import AuditRecord

pytestmark = pytest.mark.django_db

NOT_USE = [
    *(("amplitude", name) for name in (
        "session_start", "session_end", "$identify", "$groupidentify", "Page Viewed", "[Amplitude] Page Viewed",
        "[Amplitude] Element Clicked", "Element Clicked", "Daily Ad Metrics", "Session Started",
        "[Experiment] Exposure",         "[Guides-Surveys] Guide Viewed", "$exposure",
    )),
    *(("mixpanel", name) for name in (
        "$mp_web_page_view", "$session_end", "$session_start", "$identify", "$create_alias", "$merge", "$ae_session",
        "[Auto] Element Click", "$mp_click", "Loaded a Page", "App Updated",
    )),
    *(("posthog", name) for name in (
        "$pageview", "$pageleave", "$autocapture", "$identify", "$set", "$groupidentify", "$feature_flag_called",
        "$create_alias", "$rageclick", "$web_vitals", "$exception", "$screen", "Application Opened",
        "$survey_shown",
    )),
    *(("segment", name) for name in (
        "Loaded a Page", "page", "identify", "group", "Application Backgrounded", "Experiment Viewed", "Viewed a Page",
    )),
    *(("ga4", name) for name in (
        "session_start", "first_visit", "user_engagement", "scroll", "page_view", "screen_view", "first_open", "click",
        "app_remove", "ad_impression", "os_update",
    )),
    *(("heap", name) for name in ("pageview", "session", "change")),
    *(("pendo", name) for name in ("allevents", "guideSeen", "guideDismissed", "load")),
    *(("generic", name) for name in (
        "Page View", "page-load", "PageView", "Heartbeat", "ping", "keep_alive", "app_open", "identify",
        "SESSION START",         "Logout", "login_failed", "$pageview", "scroll", "first_visit",
    )),
]  # fmt: skip

USE = [
    ("generic", "Dashboard Viewed"),
    ("generic", "Report Page Exported"),
    ("generic", "Session Replay Watched"),
    ("generic", "Page Builder"),
    ("generic", "Landing Page Viewed"),
    ("generic", "Screen Recording Started"),
    ("generic", "Ping Test Run"),
    ("generic", "Group"),
    ("generic", "Click"),
    ("generic", "User Engagement"),  # a report of that name; only GA4 sends it by itself
    ("generic", "Application Updated"),  # recruiting
    ("generic", "App Installed"),  # a marketplace
    ("generic", "$ Converter"),
    ("generic", "Identify Duplicates"),
    ("generic", "Exception"),  # an exceptions queue
    ("generic", "Anmeldung"),  # German: also a registration
    ("generic", "Login Page Customized"),
    ("amplitude", "Form Submitted"),
    ("amplitude", "Application Reviewed"),
    ("mixpanel", "Heartbeat Report Opened"),
    ("posthog", "pageview_report_opened"),
    ("ga4", "search"),
    ("pendo", "Nhl1QSs4sqTTT-E6pHHuqhquY78"),
    ("segment", "API Key Created"),
    ("segment", "Scroll"),
]

LOGINS = [
    ("generic", "Login"),
    ("ga4", "login"),
    ("segment", "Signed In"),
    ("pendo", "log-in"),
    ("mixpanel", "User Logged In"),
    ("amplitude", "user_login"),
]


def resolved(*pairs: tuple[str, str]) -> dict[tuple[str, str], dict[str, object]]:
    return {(row["source"], row["event_name"]): row for row in resolve_event_names(pairs).to_pylist()}


def test_names_that_are_not_feature_use_are_set_aside_with_a_reason():
    rows = resolved(*NOT_USE)
    assert {pair for pair, row in rows.items() if row["kind"] != "set_aside"} == set()
    assert all(row["reason"] and row["feature_id"] is None and row["importance"] is None for row in rows.values())


def test_names_of_features_are_not_set_aside():
    rows = resolved(*USE)
    assert {pair for pair, row in rows.items() if row["kind"] != "feature"} == set()


def test_log_ins_are_presence_and_no_feature():
    rows = resolved(*LOGINS)
    assert {row["kind"] for row in rows.values()} == {"login"}
    assert {row["feature_id"] for row in rows.values()} == {None}


def test_spellings_are_one_feature_with_the_readable_name():
    rows = resolved(
        ("segment", "dashboard_viewed"),
        ("mixpanel", "Dashboard Viewed"),
        ("generic", "DASHBOARD-VIEWED"),
        ("pendo", "Other"),
    )
    dashboards = [row for row in rows.values() if row["event_name"] != "Other"]
    assert {(row["feature_id"], row["feature"]) for row in dashboards} == {("dashboard-viewed", "Dashboard Viewed")}
    assert rows["pendo", "Other"] == {
        "source": "pendo", "event_name": "Other", "feature_id": "other", "feature": "Other", "category": None,
        "importance": 50, "tags": None, "kind": "feature", "reason": None,
    }  # fmt: skip


def test_the_key_does_not_depend_on_what_else_was_seen():
    alone = resolved(("segment", "dashboard_viewed"))["segment", "dashboard_viewed"]
    assert (alone["feature_id"], alone["feature"]) == ("dashboard-viewed", "dashboard_viewed")


def test_each_pair_once_and_typed_even_when_there_is_none():
    assert resolve_event_names([("a", "X"), ("a", "X")]).num_rows == 1
    assert resolve_event_names([]).schema.equals(EVENT_NAMES)
    assert resolve_event_names([]).num_rows == 0


def test_the_catalogue_says_name_category_and_importance():
    define_features([NewFeature("Dashboards", key="dashboard-viewed", category="core", importance=90)])
    row = resolved(("segment", "dashboard_viewed"))["segment", "dashboard_viewed"]
    assert (row["feature_id"], row["feature"], row["category"], row["importance"]) == (
        "dashboard-viewed", "Dashboards", "core", 90,
    )  # fmt: skip


def test_named_events_win_over_rules_and_a_source_over_all_sources():
    [reports, pages] = define_features(
        [
            NewFeature("Reports", event_names=(("*", "Report Opened"), ("*", "report_exported"))),
            NewFeature("Pages", event_names=(("pendo", "Report Opened"), ("*", "$pageview"))),
        ]
    )
    rows = resolved(
        ("segment", "report_opened"),
        ("generic", "Report Exported"),
        ("pendo", "report opened"),
        ("posthog", "$pageview"),
    )
    assert {pair: row["feature_id"] for pair, row in rows.items()} == {
        ("segment", "report_opened"): reports.key,
        ("generic", "Report Exported"): reports.key,
        ("pendo", "report opened"): pages.key,
        ("posthog", "$pageview"): pages.key,
    }


def test_a_defined_feature_wins_over_the_rules():
    define_features([NewFeature("Heartbeat")])  # a product may have one
    assert resolved(("generic", "heartbeat"))["generic", "heartbeat"]["kind"] == "feature"


def test_setting_aside_and_naming_take_each_other_back():
    [export] = define_features([NewFeature("Export")])
    set_names_aside(["CSV Export"], reason="nightly job")
    row = resolved(("pendo", "csv_export"))["pendo", "csv_export"]
    assert (row["kind"], row["reason"]) == ("set_aside", "nightly job")
    name_feature(export, event_names=["csv export"])
    assert not SetAsideName.objects.exists()
    assert resolved(("pendo", "csv_export"))["pendo", "csv_export"]["feature_id"] == "export"
    set_names_aside(["csv export"])
    assert resolved(("pendo", "csv_export"))["pendo", "csv_export"]["kind"] == "set_aside"


def test_defining_again_replaces_and_is_noted():
    define_features([NewFeature("Export", importance=10)])
    define_features([NewFeature("Exports", key="export", importance=80, category="power")])
    feature = Feature.objects.get()
    assert (feature.key, feature.name, feature.importance, feature.is_edited) == ("export", "Exports", 80, True)
    assert AuditRecord.objects.filter(verb="defined").count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        [NewFeature("Export"), NewFeature("EXPORT")],
        [NewFeature("")],
        [NewFeature("Export", importance=101)],
        [NewFeature("Export", category="nice")],
        [NewFeature("Export", cadence="yearly")],
        [NewFeature("Export", expected_adoption_days=0)],
    ],
)
def test_wrong_features_are_refused(wrong):
    with pytest.raises(ProductError):
        define_features(wrong)
    assert not Feature.objects.exists()


def test_resources_are_links():
    [export] = define_features([NewFeature("Export")])
    add_training_resource(export, kind="video", title="Exporting", url="https://help.acme.com/export", minutes=4)
    with pytest.raises(ProductError, match="must start with https"):
        add_training_resource(export, kind="video", title="Odd", url="javascript:alert(1)")
    assert export.resources.get().minutes == 4


def test_a_platforms_list_of_names_says_nothing_about_other_platforms():
    """Pendo calls the feature p1 “Login”; Mixpanel's own Login stays a log-in until somebody says otherwise."""
    name_events([("pendo", "p1", "Login"), ("pendo", "p2", "Page viewed")])
    found = resolved(("pendo", "p1"), ("pendo", "Login"), ("mixpanel", "Login"), ("amplitude", "Page Viewed"))
    kinds = {(source, name): row["kind"] for (source, name), row in found.items()}
    assert kinds == {
        ("pendo", "p1"): "feature",
        ("pendo", "Login"): "feature",
        ("mixpanel", "Login"): "login",
        ("amplitude", "Page Viewed"): "set_aside",
    }
    define_features([NewFeature("Login")])
    assert resolved(("mixpanel", "Login"))["mixpanel", "Login"]["kind"] == "feature"
