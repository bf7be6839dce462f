"""The pages' addresses, a line a page."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("portfolio/", include("uptake.web.portfolio.urls")),
    path("portfolio/adoption/", include("uptake.web.leader.urls")),
    path("customers/", include("uptake.web.customer.urls")),
    path("customers/<int:customer_id>/adoption/", include("uptake.web.adoption.urls")),
    path("shared/", include("uptake.web.shared.urls")),  # without a login
    path("signals/", include("uptake.web.signals.urls")),
    path("", include("uptake.web.tasks.urls")),  # /tasks/ and /calendar/
    path("", include("uptake.web.outreach.urls")),  # /outreach/
    path("integrations/", include("uptake.web.integrations.urls")),
    path("imports/", include("uptake.web.imports.urls")),
    path("settings/", include("uptake.web.settings.urls")),
    path("charts/", include("uptake.web.charts.urls")),
]
