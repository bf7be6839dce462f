"""The run over real facts: which days, how often, what comes of them; and the simulation, which must say the same.

Five customers of Ann's. Acme uses Search ten times on every working day and stops on Friday 29 May. Birch halves from June
on. Cedar goes on as it was. Delta's champion left in April. Elder begins on 20 June.
"""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from uptake.customers.inputs import NewStakeholder
from uptake.customers.models import Account, Customer
from uptake.customers.services import add_stakeholders
from uptake.lake.models import Import
from uptake.pipeline.alerts import run
from uptake.pipeline.alerts.facts import falls
from uptake.pipeline.alerts.following import look
from uptake.pipeline.alerts.run import run_what_is_due, token
from uptake.pipeline.alerts.simulate import simulate
from uptake.pipeline.published import published
from uptake.pipeline.state import state
from uptake.pipeline.tests.by_hand import daily_use, import_usage, own, pendo_came_up_to, teammate, undo
from uptake.signals.models import Alert, AlertRun, Incident
from uptake.signals.rule import BadThreshold
from uptake.signals.services import dismiss_alert
from uptake.signals.settings import change_rule, set_alert_budget
from uptake.team.models import Role
from uptake.team.rights import NotAllowed

LAST = date(2026, 6, 30)
pytestmark = pytest.mark.django_db


def workdays(first: date, last: date) -> list[date]:
    every = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    return [day for day in every if day.weekday() < 5]


def usage(last=LAST):
    march, june = date(2026, 3, 2), date(2026, 6, 1)
    return [
        *daily_use("Acme", "ada@acme.example", "Search", workdays(march, min(last, date(2026, 5, 29))), 10),
        *daily_use("Birch", "bo@birch.example", "Search", workdays(march, date(2026, 5, 29)), 10),
        *daily_use("Birch", "bo@birch.example", "Search", workdays(june, last), 5),
        *daily_use("Cedar", "cy@cedar.example", "Search", workdays(march, last), 10),
        *daily_use("Delta", "di@delta.example", "Search", workdays(march, last), 10),
        *daily_use("Delta", "dora@delta.example", "Search", workdays(march, date(2026, 4, 17)), 1),
        *daily_use("Elder", "eve@elder.example", "Search", workdays(date(2026, 6, 20), last), 1),
    ]


def bring(folder, rows, name="usage.csv"):
    """As the executor does it, to the last step."""
    batch = import_usage(folder, rows, name)
    Import.objects.update(step="")
    return batch


@pytest.fixture
def world(db, tmp_path):
    ann, lea = teammate("ann@ours.example"), teammate("lea@ours.example", Role.LEADER)
    batch = bring(tmp_path, usage())
    for name in ("Acme", "Birch", "Cedar", "Delta", "Elder"):
        own(name, ann)
    delta = Customer.objects.get(name="Delta")
    add_stakeholders([NewStakeholder(delta, "Dora Diaz", "Dora@delta.example", "COO", is_champion=True)])
    return SimpleNamespace(ann=ann, lea=lea, batch=batch, folder=tmp_path)


def open_ones():
    return sorted(Alert.objects.shown().values_list("customer__name", "rule"))


def test_the_first_look_is_of_the_newest_day(world):
    [ran] = run_what_is_due()
    assert ran.as_of == LAST
    assert open_ones() == [
        ("Acme", "no_login"),
        ("Acme", "usage_drop"),
        ("Birch", "usage_drop"),
        ("Delta", "champion_quiet"),
    ]
    dora = Alert.objects.get(rule="champion_quiet")
    assert dora.evidence["people"]["name"] == "Dora Diaz"
    assert (dora.evidence["last_on"], dora.evidence["quiet_days"]) == ("2026-04-17", 74)
    [elder] = AlertRun.objects.get().unjudged["usage_drop"]["young"]
    assert Customer.objects.get(pk=elder).name == "Elder"


def test_nothing_is_done_twice_and_alerts_are_no_change_of_facts(world):
    before = state()
    run_what_is_due()
    assert state() == before
    assert run_what_is_due() == []
    assert AlertRun.objects.count() == 1


def test_rules_that_change_are_looked_at_again(world):
    run_what_is_due()
    change_rule("usage_drop", is_on=True, values={"fall": 60}, by=world.lea)
    run_what_is_due()
    assert ("Birch", "usage_drop") not in open_ones()
    assert ("Acme", "usage_drop") in open_ones()
    change_rule("usage_drop", is_on=False, values={}, by=world.lea)
    run_what_is_due()
    assert [rule for _, rule in open_ones()] == ["no_login", "champion_quiet"]


def test_days_that_were_missed_are_each_looked_at(world):
    """Two more days of usage arrive at once."""
    run_what_is_due()
    rows = [
        *daily_use("Cedar", "cy@cedar.example", "Search", [date(2026, 7, 1), date(2026, 7, 2)], 10),
        *daily_use("Acme", "ada@acme.example", "Search", [date(2026, 7, 2)], 10),
    ]
    bring(world.folder, rows, "july.csv")
    assert [ran.as_of for ran in run_what_is_due()] == [date(2026, 7, 1), date(2026, 7, 2)]
    back = Alert.objects.get(rule="no_login")
    assert (back.status, back.closed_on, back.raised_on) == ("resolved", date(2026, 7, 2), LAST)


def test_after_a_long_pause_only_the_last_month_is_looked_at(world):
    run_what_is_due()
    far = LAST + timedelta(days=100)
    bring(world.folder, daily_use("Cedar", "cy@cedar.example", "Search", [far], 1), "later.csv")
    days = run.days_due(far, token())
    assert (days[0], days[-1], len(days)) == (far - timedelta(days=30), far, 31)


def test_an_undone_import_takes_its_alerts_back(world):
    run_what_is_due()
    later = bring(world.folder, daily_use("Birch", "bo@birch.example", "Search", [date(2026, 7, 1)], 900), "big.csv")
    run_what_is_due()
    assert ("Birch", "usage_drop") not in open_ones()
    undo(later)
    Import.objects.update(step="")
    assert [ran.as_of for ran in run_what_is_due()] == [LAST]
    assert AlertRun.objects.order_by("-pk").first().as_of == LAST


def test_nothing_while_an_import_is_under_way(world):
    Import.objects.filter(pk=world.batch.pk).update(step="score")
    assert run_what_is_due() == []
    assert look("") == ""  # not settled: it looks again
    Import.objects.filter(pk=world.batch.pk).update(step="")
    settled = look("")
    assert settled == token()
    assert AlertRun.objects.count() == 1
    assert look(settled) == settled


def test_a_day_that_is_cut_off_leaves_nothing(world, monkeypatch):
    """Killed between the alerts and the line that says the day is done."""

    class Killed(BaseException):
        pass

    def die(*_, **__):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(AlertRun.objects, "create", die)
        with pytest.raises(Killed):
            run_what_is_due()
    assert (Alert.objects.count(), AlertRun.objects.count()) == (0, 0)
    run_what_is_due()
    assert len(open_ones()) == 4


def test_without_usage_there_is_nothing_to_do(db):
    assert run_what_is_due() == []


def test_scores_that_fall_in_a_day_are_counted(world):
    told = falls(published(), [LAST])
    fallen, customers = told[LAST]
    assert customers == 4  # Elder has no score yet
    assert fallen == 0


def wide_fall():
    """Four customers used ten features on Monday 1 June and one since. On 1 July that Monday leaves the 30 days: breadth
    falls from ten features to one, 27 points. A fifth was there until 10 June."""
    first, last = date(2026, 6, 1), date(2026, 7, 1)
    for name in ("Acme", "Birch", "Cedar", "Delta"):
        user = f"user@{name.lower()}.example"
        for number in range(10):
            yield from daily_use(name, user, f"Feature {number}", [date(2026, 5, 1), first], 1)
        yield from daily_use(name, user, "Feature 0", workdays(first, last), 5)
    yield from daily_use("Quiet", "q@quiet.example", "Feature 0", workdays(date(2026, 5, 1), date(2026, 6, 10)), 1)


def test_many_falling_at_once_hold_alerts_back(db, tmp_path):
    lea = teammate("lea@ours.example", Role.LEADER)
    bring(tmp_path, wide_fall())
    [ran] = run_what_is_due()
    incident = Incident.objects.get()
    assert (incident.as_of, incident.fallen, incident.customers) == (date(2026, 7, 1), 4, 5)
    assert (open_ones(), len(ran.applied.raised), ran.applied.held) == ([], 0, Alert.objects.count())
    assert run.release_held(incident, by=lea) == ran.applied.held
    assert ("Quiet", "no_login") in open_ones()
    assert falls(published(), [date(2026, 6, 30)])[date(2026, 6, 30)] == (0, 5)


# Missing data


def test_missing_usage_raises_nothing_until_it_has_come(world):
    """Acme's silence may be Pendo's. Its score is withheld, so no alert speaks of it either."""
    connection = pendo_came_up_to("Acme", LAST - timedelta(days=2))
    run_what_is_due()
    assert open_ones() == [("Birch", "usage_drop"), ("Delta", "champion_quiet")]
    acme = Customer.objects.get(name="Acme").pk
    assert [acme in states["late"] for states in AlertRun.objects.get().unjudged.values()] == [True] * len(
        AlertRun.objects.get().unjudged
    )
    said = simulate("no_login", by=world.lea, weeks=1)
    assert said.unjudged["late"] == 1
    pendo_came_up_to("Acme", LAST, connection)
    run_what_is_due()
    assert ("Acme", "no_login") in open_ones()


def test_missing_usage_resolves_nothing(world):
    run_what_is_due()
    assert ("Acme", "no_login") in open_ones()
    connection = pendo_came_up_to("Acme", LAST - timedelta(days=1))
    bring(world.folder, daily_use("Acme", "ada@acme.example", "Search", [LAST], 10), "more.csv")
    run_what_is_due()
    assert ("Acme", "no_login") in open_ones()
    pendo_came_up_to("Acme", LAST, connection)
    run_what_is_due()
    assert ("Acme", "no_login") not in open_ones()


def test_scores_that_fall_because_usage_is_missing_are_not_counted(db, tmp_path):
    bring(tmp_path, wide_fall())
    day = date(2026, 7, 1)
    connection = pendo_came_up_to("Acme", date(2026, 6, 30))
    for name in ("Birch", "Cedar", "Delta"):
        Account.objects.create(source="pendo", account_id=name, customer=Customer.objects.get(name=name))
    assert falls(published(), [day])[day] == (0, 1)
    pendo_came_up_to("Acme", day, connection)
    assert falls(published(), [day])[day] == (4, 5)


# Simulation


def test_a_simulation_says_what_a_run_day_by_day_does(db, tmp_path):
    """Eight weeks: usage comes in three times, every day of it is looked at, and then all is simulated at once."""
    lea = teammate("lea@ours.example", Role.LEADER)
    rules = ("usage_drop", "no_login", "champion_quiet", "key_feature")
    for slug in rules:
        change_rule(slug, is_on=True, values={"cooldown_days": 5}, by=lea)
    first = LAST - timedelta(days=55)
    parts = ((date(2026, 1, 1), first), (first + timedelta(days=1), date(2026, 6, 5)), (date(2026, 6, 6), LAST))
    looked = []
    for number, (begin, end) in enumerate(parts):
        bring(tmp_path, [row for row in usage() if begin <= row[3] <= end], f"part-{number}.csv")
        if number == 0:
            delta = Customer.objects.get(name="Delta")
            add_stakeholders([NewStakeholder(delta, "Dora Diaz", "dora@delta.example", "COO", is_champion=True)])
        looked += [ran.as_of for ran in run_what_is_due()]
    assert looked == [first + timedelta(days=ahead) for ahead in range(56)]
    done = {slug: set() for slug in rules}
    for rule, *rest in Alert.objects.values_list("rule", "customer__name", "raised_on", "closed_on"):
        done[rule].add(tuple(rest))
    said = {
        slug: {
            (each.customer.name, each.raised_on, each.resolved_on) for each in simulate(slug, by=lea, weeks=8).alerts
        }
        for slug in rules
    }
    assert done == said
    assert ("Acme", date(2026, 6, 12), None) in said["no_login"]  # 14 days after Friday 29 May
    assert said["key_feature"] == set()


def test_a_simulation_counts_weeks_and_changes_nothing(world):
    found = simulate("usage_drop", by=world.lea, weeks=4)
    assert [(week.first_day, week.last_day) for week in found.weeks][-1] == (date(2026, 6, 24), LAST)
    assert sum(week.alerts for week in found.weeks) == len(found.alerts) == 2
    assert found.per_week == (2 - found.standing) / 4
    assert found.unjudged == {"young": 1}
    assert not Alert.objects.exists()
    stricter = simulate("usage_drop", by=world.lea, values={"fall": 60}, weeks=4)
    assert [each.customer.name for each in stricter.alerts] == ["Acme"]


def test_downturns_that_would_have_been_missed_are_named(world):
    """Acme's score falls by far more than ten points in June; nothing of guides warned of it."""
    warned, missed = (simulate(slug, by=world.lea, weeks=6) for slug in ("no_login", "guide_dismissal"))
    assert "Acme" in {each.customer.name for each in missed.missed}
    acme = next(each for each in warned.downturns if each.customer.name == "Acme")
    assert "points within 30 days" in acme.what
    assert {each.customer.name for each in missed.downturns} == {each.customer.name for each in warned.downturns}


def test_the_budget_says_whose_week_a_rule_overfills(world):
    for slug in ("no_login", "champion_quiet", "key_feature", "guide_dismissal"):
        change_rule(slug, is_on=False, values={}, by=world.lea)
    set_alert_budget(1, by=world.lea)
    found = simulate("usage_drop", by=world.lea, values={"fall": 10}, weeks=6)
    [load] = found.loads
    assert (load.owner, load.this_rule, load.all_rules) == (world.ann, 2, 2)
    assert found.over == [load]
    set_alert_budget(2, by=world.lea)
    assert simulate("usage_drop", by=world.lea, values={"fall": 10}, weeks=6).over == []


def test_only_who_sets_rules_simulates_them(world):
    with pytest.raises(NotAllowed):
        simulate("usage_drop", by=world.ann)
    with pytest.raises(BadThreshold):
        simulate("usage_drop", by=world.lea, values={"fall": 0})


def test_a_dismissed_one_stays_closed_when_facts_change(world):
    run_what_is_due()
    dismiss_alert(Alert.objects.get(rule="no_login"), reason="agreed", by=world.ann)
    bring(world.folder, daily_use("Cedar", "cy@cedar.example", "Search", [date(2026, 7, 1)], 1), "more.csv")
    run_what_is_due()
    assert Alert.objects.filter(rule="no_login").count() == 1
