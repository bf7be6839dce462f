"""Event names that are not the use of a feature, as the platforms write them.

Names are compared whole and squashed (``names.squashed``): ``page_view``, ``Page View`` and ``pageView`` are one, while
“Dashboard Viewed”, “Report Page Exported” and “Session Replay Watched” are none of them. Names that a product may well
use for its own features (“Application Updated” in recruiting, “Form Submitted” in a form builder) are set aside only
for the platforms whose SDKs send them by themselves.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from uptake.customers.names import squashed

Kind = Literal["feature", "login", "set_aside"]


class Verdict(NamedTuple):
    """What an event name is; ``reason`` says why it is set aside, in words for a table's cell."""

    kind: Kind
    reason: str | None = None


FEATURE = Verdict("feature")
LOGIN = Verdict("login")

SESSION = "start or end of a session"
PAGE = "page or screen load"
IDENTITY = "identifies a visitor or an account"
SIGNAL = "background signal"
LIFECYCLE = "app opened, closed or updated"
LOGOUT = "log-out or failed log-in"
CAPTURE = "captured automatically, names no feature"
CAMPAIGN = "advertising or campaign"
EXPERIMENT = "feature flag or experiment"
ERROR = "error or performance measurement"
GUIDE = "in-app guide shown or closed"
RESERVED = "the platform's own event"


def _names(text: str) -> frozenset[str]:
    """A comma-separated list, squashed."""
    return frozenset(squashed(name) for name in text.split(","))


_LOGINS = _names(
    "login, logged in, user login, user logged in, log in success, login success, login succeeded, login successful,"
    "login completed, successful login, user login success, account login, sso login, signin, signed in, user signin,"
    "user signed in, sign in success, sign in completed, signed in with sso, authenticated, user authenticated,"
    "eingeloggt, benutzeranmeldung, utilisateur connecté, inicio de sesión, inicio de sesion"
)

_LOGOUTS = _names(
    "logout, logged out, user logout, user logged out, signout, signed out, user signout, user signed out,"
    "login failed, failed login, login failure, login error, sign in failed, failed sign in"
)

_EVERYWHERE: Mapping[str, frozenset[str]] = {
    SESSION: _names(
        "session start, session started, session begin, start session, session end, session ended, end session,"
        "session timeout, session expired, $session start, $session end, app session, session heartbeat"
    ),
    PAGE: _names(
        "pageview, page viewed, page views, viewed page, viewed a page, view page, page load, page loaded, loaded page,"
        "loaded a page, page visit, page visited, pageleave, page left, page unload, screen view, screen viewed,"
        "viewed screen, viewed a screen, loaded a screen, $pageview, $pageleave, $screen, $mp web page view"
    ),
    IDENTITY: _names(
        "identify, $identify, user identified, identify user, groupidentify, $groupidentify,"
        "identify company, identify account, $group, $alias, $create alias, $merge, $merge dangerously, $set,"
        "$set once, $unset"
    ),
    SIGNAL: _names("heartbeat, ping, keep alive, activity ping, session ping, page ping, user idle, user active"),
    LIFECYCLE: _names(
        "app open, app opened, open app, opened app, app launch, app launched, app closed, app backgrounded,"
        "app foregrounded, app entered background, app entered foreground"
    ),
    CAPTURE: _names("autocapture, $autocapture, rageclick, $rageclick, dead click, $dead click, error click"),
    CAMPAIGN: _names("daily ad metrics"),
    EXPERIMENT: _names("feature flag called, $feature flag called, $exposure, $experiment started"),
    ERROR: _names(
        "$exception, javascript error, js error, uncaught error, unhandled rejection, app crashed, web vitals,"
        "$web vitals, $performance event"
    ),
}

# The life of a mobile app as the Segment specification names it; other SDKs send the same, or have it forwarded.
_APP: Mapping[str, frozenset[str]] = {
    LIFECYCLE: _names(
        "application opened, application installed, application updated, application backgrounded,"
        "application foregrounded, application uninstalled, deep link opened, deep link clicked"
    ),
    ERROR: _names("application crashed"),
    CAMPAIGN: _names("install attributed, push notification received, push notification tapped"),
}

_SEGMENT: Mapping[str, frozenset[str]] = {
    PAGE: _names("page, screen"),
    IDENTITY: _names("group, alias"),
    EXPERIMENT: _names("experiment viewed"),
}

_GA4: Mapping[str, frozenset[str]] = {
    SESSION: _names("first visit, first open"),
    SIGNAL: _names("user engagement, scroll"),
    LIFECYCLE: _names("app remove, app update, app clear data, app store refund, os update"),
    CAPTURE: _names("click"),
    CAMPAIGN: _names(
        "ad click, ad exposure, ad impression, ad query, ad reward, adunit exposure, firebase campaign,"
        "campaign details, dynamic link app open, dynamic link app update, dynamic link first open,"
        "notification dismiss, notification foreground, notification open, notification receive, notification send"
    ),
    ERROR: _names("app exception"),
}

_MIXPANEL: Mapping[str, frozenset[str]] = {
    LIFECYCLE: _names("first app open, app updated"),
    CAMPAIGN: _names("ad data"),
}

_AMPLITUDE: Mapping[str, frozenset[str]] = {
    CAPTURE: _names("element clicked, element changed, rage click, thrashed cursor"),
    ERROR: _names("network request"),
}

_HEAP: Mapping[str, frozenset[str]] = {
    SESSION: _names("session"),
    CAPTURE: _names("click, change, submit, touch, any"),
}

_PENDO: Mapping[str, frozenset[str]] = {
    CAPTURE: _names("allevents, all events, click, focus, submit, change, meta, untagged"),
    PAGE: _names("load, app unload"),
    GUIDE: _names("guide seen, guide advanced, guide dismissed, guide snoozed, guide timeout, guide activity"),
}

_GENERIC: Mapping[str, frozenset[str]] = {  # tables that left one of the platforms through a warehouse
    SESSION: _names("first visit, first open"),
    SIGNAL: _names("scroll"),
}

_BY_SOURCE: Mapping[str, tuple[Mapping[str, frozenset[str]], ...]] = {
    "segment": (_APP, _SEGMENT),
    "rudderstack": (_APP, _SEGMENT),
    "posthog": (_APP,),
    "amplitude": (_APP, _AMPLITUDE),
    "mixpanel": (_APP, _MIXPANEL),
    "ga4": (_GA4,),
    "heap": (_HEAP,),
    "pendo": (_PENDO,),
    "generic": (_GENERIC,),
}

# Beginnings that a platform keeps to itself, whatever follows.
_RESERVED_PREFIXES: Mapping[str, tuple[str, ...]] = {
    "posthog": ("$",),
    "mixpanel": ("$", "[auto]"),
    "amplitude": ("$", "[experiment]", "[guides-surveys]"),
    "segment": ("$",),
    "heap": ("[heap]",),
    "pendo": ("$",),
}
_RESERVED_EVERYWHERE = ("[amplitude]", "$mp_", "$ae_")


def verdict(source: str, event_name: str) -> Verdict:
    """What the rules say about a name that nobody put into the catalogue."""
    name = squashed(event_name)
    if name in _LOGINS:
        return LOGIN
    if name in _LOGOUTS:
        return Verdict("set_aside", LOGOUT)
    for rules in (_EVERYWHERE, *_BY_SOURCE.get(source, ())):
        for reason, names in rules.items():
            if name in names:
                return Verdict("set_aside", reason)
    if event_name.strip().casefold().startswith((*_RESERVED_EVERYWHERE, *_RESERVED_PREFIXES.get(source, ()))):
        return Verdict("set_aside", RESERVED)
    return FEATURE
