"""Every chart there is, from made-up rows: to see what may be asked for, and that all places draw the same."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from uptake.charts import browser, drawing
from uptake.charts.look import DARK, PRINT
from uptake.charts.registry import BY_NAME, CHARTS, Chart, Drawn

WIDTH = 688  # pixels; with the air around it a picture is 720 wide


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The gallery. Its rows are made up, so everybody who logs in may see it."""
    shown = [(chart, _example_of(chart)) for chart in CHARTS]
    return render(request, "charts/page.html", {"charts": shown, "chart_version": browser.VERSION})


def _example_of(chart: Chart) -> Drawn:
    example = chart.example()
    return chart.drawn(*example.rows, caption=example.caption)


@require_safe
def picture(request: HttpRequest, name: str, kind: str) -> HttpResponse:
    """The same as mail, Slack and PDF get it: svg or png; ``?look=dark`` for a dark ground."""
    chart, kinds = BY_NAME.get(name), {"svg": "image/svg+xml", "png": "image/png"}
    if chart is None or kind not in kinds:
        raise Http404
    look = DARK if request.GET.get("look") == "dark" else PRINT
    example = chart.example()
    spec = chart.draw(*example.rows, caption=example.caption, look=look, width=WIDTH)
    told = drawing.captioned(spec, example.caption, width=WIDTH, look=look)
    drawn = drawing.svg(told, look=look) if kind == "svg" else drawing.png(told, look=look)
    return HttpResponse(drawn, content_type=kinds[kind])
