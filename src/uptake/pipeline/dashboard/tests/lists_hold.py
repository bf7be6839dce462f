"""Every number of a dashboard against the list it opens."""

from statistics import median

from uptake.pipeline.dashboard import behind

STATES = ("new", "returning", "resurrected", "dormant")


def told_apart(shown, who):
    """What does not hold: (key, the number, what the list gives); empty when everything does."""
    lists = _Lists(shown, who)
    for check in (lists.figures, lists.users, lists.features, lists.weeks, lists.cohorts, lists.hours, lists.seats):
        check()
    return lists.wrong


class _Lists:
    """The lists of one dashboard, opened one by one."""

    def __init__(self, shown, who):
        self.shown, self.who, self.wrong = shown, who, []

    def open(self, key):
        shown = self.shown
        made = behind(
            self.who, shown.customer_id, key, as_of=shown.as_of, period=shown.period, comparison=shown.comparison
        )
        self.same(key, made.count, len(made.people or made.features or made.rows))
        return made

    def same(self, key, number, again):
        if abs(number - again) > 1e-9:
            self.wrong.append((key, number, again))

    def as_long(self, key, number):
        self.same(key, number, self.open(key).count)

    def adds_up(self, key, number):
        self.same(key, number, sum(row["amount"] for row in self.open(key).rows))

    def figures(self):
        for figure in self.shown.figures.data or ():
            if figure.value is None:
                if figure.opens or not figure.absent:
                    self.wrong.append((figure.slug, None, figure.opens))
                continue
            made = self.open(figure.opens)
            if figure.count is not None:
                self.same(figure.slug, figure.count, made.count)
            if figure.how != "row":
                self.same(figure.slug, figure.value, value_again(figure, made))

    def users(self):
        for each in self.shown.users.data.counts if self.shown.users.data else ():
            self.as_long(each.opens, each.people)
        for step in self.shown.funnel.data.steps if self.shown.funnel.data else ():
            self.as_long(step.opens, step.visitors)

    def features(self):
        told = self.shown.features.data
        if told is None:
            return
        for line in told.lines:
            if line.users is not None:
                self.as_long(line.opens, line.users)
        counts = {"used": told.used, "available": told.available, "adopted": told.adopted, "unused": len(told.unused)}
        for key, number in counts.items():
            self.as_long(key, number)

    def weeks(self):
        for week in self.shown.lifecycle.data or ():
            for state in STATES:
                if getattr(week, state) is not None:
                    self.as_long(f"{week.opens}:{state}", getattr(week, state))
        for week in self.shown.growth.data.weeks if self.shown.growth.data else ():
            if week.uses is not None:
                self.adds_up(f"week:{week.week_end}", week.uses)

    def cohorts(self):
        for cohort in self.shown.cohorts.data or ():
            self.as_long(cohort.opens, cohort.size)
            for since, number in enumerate(cohort.people):
                self.as_long(f"{cohort.opens}:{since}", number)

    def hours(self):
        cells = self.shown.rhythm.data.cells if self.shown.rhythm.data else []
        for day, hours in enumerate(cells):
            for hour, uses in enumerate(hours):
                if uses:
                    self.adds_up(f"hour:{day}:{hour}", uses)

    def seats(self):
        for line in self.shown.entitled.data.lines if self.shown.entitled.data else ():
            if line.opens:
                self.as_long(line.opens, line.count)


def value_again(figure, made):
    """The number, worked out of its list."""
    amounts = [row["amount"] for row in made.rows] if made.rows and "amount" in made.rows[0] else []
    took = [line.time_to_feature for line in made.features]
    uses = [person.uses for person in made.people]
    return {
        "count": lambda: made.count,
        "share": lambda: min(1.0, made.count / figure.of) if figure.of else 0.0,
        "sum": lambda: sum(amounts),
        "mean": lambda: sum(amounts) / made.count if made.count else 0.0,
        "ratio": lambda: sum(amounts) / figure.of if figure.of else 0.0,
        "median": lambda: median(took) if took else median(uses) / figure.of if uses else 0.0,
    }[figure.how]()
