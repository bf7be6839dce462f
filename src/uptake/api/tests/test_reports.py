"""A customer's report by the API: the same as behind the page's button."""

from django.test import Client

from uptake.api.tests.test_access import refused
from uptake.pipeline.report.tests.reading import text_of


def test_a_report_in_both_editions(workspace, call, viewer, marta):
    path = f"/intelligence/adoption/{workspace.acme.pk}/report.pdf"
    inside = call.get(path)
    assert inside["Content-Type"] == "application/pdf"
    assert inside["Content-Disposition"] == 'attachment; filename="acme-2026-06-30-internal.pdf"'
    assert "Adoption report, internal" in text_of(inside.content)
    outside = call.get(path, edition="customer", period="7d", asOf="2026-06-29", paper="letter")
    assert outside["Content-Disposition"] == 'attachment; filename="acme-2026-06-29.pdf"'
    text = text_of(outside.content)
    assert "7 days to 29 Jun 2026" in text
    assert not [word for word in ("internal", "Adoption score", "Marta") if word in text]
    for wrong in ({"edition": "secret"}, {"paper": "a0"}, {"period": "x"}, {"comparison": "y"}):
        refused(call.get(path, **wrong), 422)
    refused(viewer.get(path), 403)
    refused(call.get("/intelligence/adoption/999999/report.pdf"), 404)
    ben = Client()
    ben.force_login(workspace.ben)
    refused(ben.get(f"/api{path}"), 404)
