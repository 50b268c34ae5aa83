#!/usr/bin/env python3
"""Make a demonstration plan with a fraction of the counts, and the figures that it should lead to.

usage: smaller_year.py DIVISOR PLAN NEW_PLAN NEW_TABLE

The new table has the columns id, value, unit, as the table of the real year has; it is computed from the plan's wishes by
arithmetic of its own, so that a program that returned the real year's figures whatever the plan would be found out.
"""
import csv, datetime, decimal, pathlib, re, sys

COUNTS = ("firms", "filed", "declined", "open_at_end", "requests", "officers", "hand_overs")


def main():
    divisor, plan = int(sys.argv[1]), pathlib.Path(sys.argv[2]).read_text(encoding="utf-8")
    head, accounts, tail = plan.partition("\naccounts:")
    smaller = lambda m: f"{m[1]}: {max(1, (int(m[2]) + divisor // 2) // divisor)}"
    head, replaced = re.subn(rf"\b({'|'.join(COUNTS)}): (\d+)", smaller, head)
    if not accounts or replaced < len(COUNTS):
        sys.exit("the plan is not written as this program expects")
    # The last quarter of the days of each watch, so that the hours are others as well.
    tail = re.sub(r"(task: \w+,.*\bfrom: )([\d-]+)(, until: )([\d-]+)", fewer_days, tail)
    tail, totals = re.subn(r"\b(total): (\d+)", smaller, tail)
    if not totals:
        sys.exit("the plan's courses are not written as this program expects")
    pathlib.Path(sys.argv[3]).write_text(head + accounts + tail, encoding="utf-8")
    with open(sys.argv[4], "w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("id", "value", "unit"), *figures(head), *courses(tail), *hours(tail)])


def fewer_days(m):
    first, last = (datetime.date.fromisoformat(m[n]) for n in (2, 4))
    return f"{m[1]}{last - (last - first) // 4}{m[3]}{m[4]}"


def hours(tail):
    """Hours of monitoring: hours a day of each watch, less its outages. No receiver has two watches at one time."""
    def span(text):
        return sum((int(u[:2]) * 60 + int(u[3:]) - int(f[:2]) * 60 - int(f[3:])) for f, u in re.findall(r"(\d\d:\d\d)-(\d\d:\d\d)", text))

    out = {(s, r, day) for s, r, day in re.findall(r"station: ([\w-]+), receiver: ([\w-]+), day: ([\d-]+), hours: \"00:00-24:00\"", tail)}
    minutes = {}
    for station, receiver, task, first, last, rest in re.findall(
        r"station: ([\w-]+), receiver: ([\w-]+), task: (\w+),.*\bfrom: ([\d-]+), until: ([\d-]+)(.*)", tail
    ):
        day, last = datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)
        while day < last:
            if (station, receiver, day.isoformat()) not in out:
                minutes[task] = minutes.get(task, 0) + (span(rest) or 24 * 60)
            day += datetime.timedelta(days=1)
    for task in sorted(minutes):
        yield f"radio.hours.{task}", (minutes[task] + 30) // 60, "小时"


def figures(head):
    def count(section, key):
        return int(re.search(rf"\b{section}:(?:.|\n)*?\b{key}: (\d+)", head)[1])

    accepted = count("platform", "filed") - count("platform", "declined")
    completed = accepted - count("platform", "open_at_end")
    share = decimal.Decimal(100 * completed) / accepted
    collected = count("task_force", "filed")
    yield "requests.platform.accepted", accepted, "宗"
    yield "requests.platform.completed", completed, "宗"
    yield "requests.platform.completion_rate", share.quantize(decimal.Decimal("0.01"), decimal.ROUND_HALF_UP), "%"
    yield "requests.taskforce200.collected", collected, "项"
    yield "requests.taskforce200.solved", collected - count("task_force", "open_at_end"), "项"
    yield "service.one_to_one.enterprises", count("service_officers", "firms"), "家"


def courses(tail):
    """The figures of the plan's courses: each case is counted where its course and its steps lead."""
    every = [(c, int(re.search(r"\bcount: (\d+)", c)[1])) for c in re.split(r"\n  - id: ", tail.partition("\ncourses:")[2])[1:]]
    of = lambda *words: sum(count for course, count in every if all(word in course for word in words))
    licensing = of("procedure: station-licence") + of("procedure: frequency-licence") + of("procedure: station-cancellation")
    yield "licensing.radio.cases", licensing, "件"
    yield "licensing.station_licences", sum(int(total) for total in re.findall(r"\btotal: (\d+)", tail)), "个"
    yield "licensing.frequency_permits", of("procedure: frequency-licence"), "个"
    yield "inspection.total", of("procedure: inspection\n"), "次"
    yield "inspection.double_random", of("procedure: inspection\n", "mode: drawn"), "次"
    yield "inspection.explosives", of("procedure: inspection\n", "subject_area: explosives"), "次"
    yield "penalty.jammer", of("procedure: penalty-ordinary", "offence_kind: jammer"), "宗"
    yield "penalty.walkie_talkie", of("procedure: penalty-ordinary", "offence_kind: walkie_talkie"), "宗"


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main()
