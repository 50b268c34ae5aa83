#!/usr/bin/env python3
"""Count a few figures from the tables of a data folder with code of our own, at several cut-offs, and compare.

usage: counted_by_hand.py GUIJU DATA FROM CUTOFF [CUTOFF ...]

What a case was at a cut-off is read from its acts by the time they were done, not from where it stands today. Of each figure the
value and the number of rows must agree; and at least one figure must differ between the cut-offs, or nothing was tried.
"""
import datetime, json, pathlib, sqlite3, subprocess, sys

BEIJING = datetime.timezone(datetime.timedelta(hours=8))


def midnight(day):
    return int(datetime.datetime.fromisoformat(day).replace(tzinfo=BEIJING).timestamp() * 1000)


def by_hand(db, since, until):
    """The figures of the period from `since` until `until` (exclusive), in milliseconds."""
    cases = {}
    query = """select e.case_id, c.procedure, json_extract(c.doc, '$.fields.channel'), e.act, e.state, e.done
               from events e join cases c on c.id = e.case_id order by e.seq"""
    for case, procedure, channel, act, state, done in db.execute(query):
        if done < until:
            known = cases.setdefault(case, {"of": (procedure, channel), "opened": done, "state": None, "accepted": None})
            known["state"] = state or known["state"]
            if act == "accept" and known["accepted"] is None:
                known["accepted"] = done
    within = lambda moment: moment is not None and since <= moment < until
    platform = [c for c in cases.values() if c["of"] == ("enterprise-request", "platform") and within(c["accepted"])]
    matters = [c for c in cases.values() if c["of"][0] == "task-force-item" and within(c["opened"])]
    served = """select count(distinct json_extract(doc, '$.fields.enterprise')) from entries
                where register = 'service-assignments' and since < ?1 and (until is null or until >= ?1)"""
    return {
        "requests.platform.accepted": len(platform),
        "requests.platform.completed": sum(c["state"] in ("closed", "settled") for c in platform),
        "requests.taskforce200.collected": len(matters),
        "requests.taskforce200.solved": sum(c["state"] == "solved" for c in matters),
        "service.one_to_one.enterprises": db.execute(served, (until,)).fetchone()[0],
    }


def asked(guiju, data, first, cutoff):
    command = [guiju, "figures", "--data", data, "--from", first, "--until", cutoff, "--rows", "--json"]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return {figure["id"]: figure for figure in answer["figures"]}


def main(guiju, data, first, *cutoffs):
    wrong, seen = 0, []
    with sqlite3.connect(f"file:{pathlib.Path(data, 'guiju.sqlite')}?mode=ro", uri=True) as db:
        for cutoff in cutoffs:
            hand, told = by_hand(db, midnight(first), midnight(cutoff)), asked(guiju, data, first, cutoff)
            seen.append(hand)
            for figure, count in hand.items():
                value, rows = told.get(figure, {}).get("value"), len(told.get(figure, {}).get("rows", ()))
                if (value, rows) != (count, count):
                    wrong += 1
                    print(f"{figure} until {cutoff}: {count} by hand, {value} with {rows} rows by the program")
    if all(hand == seen[0] for hand in seen):
        sys.exit("no figure differs between the cut-offs: nothing was tried")
    checked = sum(map(len, seen))
    print(f"{checked - wrong} of {checked} figures agree with a count by hand")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    if len(sys.argv) < 6:
        sys.exit(__doc__)
    main(*sys.argv[1:])
