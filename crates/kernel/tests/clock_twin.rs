//! Do a hundred thousand random clocks with pauses end where the slow twin says, and do their steps add up?

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test whose own data cannot be read has failed")]

use guiju_kernel::calendar::Almanac;
use guiju_kernel::clock::{AmountUnit, ClockError, ClockRule, Pause, Period, Reckoning, Rounding, Unit};
use guiju_kernel::time::{Instant, date_of, from_millis, midnight, to_millis};
use guiju_testkit::pack_calendar::{OPENINGS, almanac, notices};
use guiju_testkit::slow_calendar::{SlowCalendar, SlowDue, SlowPause, SlowPeriod};
use jiff::civil::{Time, date};

const CLOCKS: u64 = 100_000;
const SEED: u64 = 20_241_204;
const MINUTE: u64 = 60_000;
const DAY: u64 = 86_400_000;

/// A small generator (SplitMix64), so that a failure names a case that anyone can run again.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn chance(&mut self, one_in: u64) -> bool {
        self.below(one_in) == 0
    }
}

/// One random question, in the words of both twins.
#[derive(Debug)]
struct Case {
    start: Instant,
    rule: ClockRule,
    pauses: Vec<Pause>,
    now: Instant,
}

impl Case {
    fn random(random: &mut Random) -> Self {
        let first = to_millis(midnight(date(2007, 1, 1))).unsigned_abs();
        let span = to_millis(midnight(date(2027, 1, 1))).unsigned_abs() - first;
        let mut start = first + random.below(span);
        if random.chance(8) {
            start -= (start + 8 * 60 * MINUTE) % DAY;
        }
        let (unit, most) = [
            (Unit::WorkingDays, 90),
            (Unit::Days, 120),
            (Unit::Months, 14),
            (Unit::Years, 2),
            (Unit::Minutes, 20_000),
            (Unit::Hours, 400),
            (Unit::WorkingHours, 120),
        ][random.below(7) as usize];
        let most = if random.chance(3) { 5 } else { most };
        let n = 1 + random.below(most) as u32;
        let days = unit.counts_days();
        let rounding = [Rounding::EndOfMonth, Rounding::NextDay][random.below(2) as usize];
        let rule = ClockRule {
            period: Period::new(n, unit),
            rolls: days && random.chance(2),
            counts_first_day: days && random.chance(3),
            rounding: unit.counts_months().then_some(rounding),
        };
        let pauses = (0..random.below(4)).map(|_| Self::pause(random, start)).collect();
        let now = start - 3 * DAY + random.below(200 * DAY);
        Self { start: moment(start), rule, pauses, now: moment(now) }
    }

    /// Pauses begin before or after the start, overlap, touch midnights and openings, are empty, or do not end.
    fn pause(random: &mut Random, start: u64) -> Pause {
        let reach = if random.chance(2) { 12 * DAY } else { 150 * DAY };
        let mut from = start - 5 * DAY + random.below(reach);
        if random.chance(4) {
            from -= from % (30 * MINUTE);
        }
        let length = match random.below(5) {
            0 => 0,
            1 => random.below(90 * MINUTE),
            2 => 30 * MINUTE * random.below(96),
            3 => DAY,
            _ => random.below(40 * DAY),
        };
        let until = (!random.chance(12)).then(|| moment(from + length));
        Pause { cause: "检测".to_owned(), notice: "告知书".to_owned(), from: moment(from), until }
    }

    fn slow(&self) -> (SlowPeriod, Vec<SlowPause>) {
        let ClockRule { period, rolls, counts_first_day, rounding } = self.rule;
        let next_day = rounding == Some(Rounding::NextDay);
        let slow = SlowPeriod { n: period.n, unit: period.unit.name(), rolls, counts_first_day, next_day };
        (slow, self.pauses.iter().map(|pause| (pause.from, pause.until)).collect())
    }
}

fn moment(millis: u64) -> Instant {
    from_millis(i64::try_from(millis).unwrap()).unwrap()
}

fn twins() -> (Almanac, SlowCalendar) {
    let time = |text: &str| format!("{text}:00").parse::<Time>().unwrap();
    let openings = OPENINGS.map(|text| text.split_once('-').unwrap()).map(|(from, until)| (time(from), time(until)));
    (almanac().unwrap(), SlowCalendar::new(&notices().unwrap(), date(2027, 1, 1), &openings))
}

#[test]
fn a_hundred_thousand_random_clocks_with_pauses_agree_with_the_slow_twin() {
    let (almanac, slow) = twins();
    let mut random = Random(SEED);
    let (mut ended, mut paused, mut provisional) = (0_u64, 0_u64, 0_u64);
    for number in 0..CLOCKS {
        let case = Case::random(&mut random);
        let (period, pauses) = case.slow();
        let reckoning = Reckoning::new(case.start, &case.rule, &case.pauses, almanac.latest()).unwrap();
        let naive = slow.due(case.start, &period, &pauses);
        match reckoning.due_at() {
            Ok(due) => {
                assert_eq!(
                    Some((due.at, due.last_day, due.provisional)),
                    naive,
                    "clock {number} of seed {SEED}: {case:?}"
                );
                ended += 1;
                provisional += u64::from(due.provisional);
            }
            Err(ClockError::StillPaused { .. }) => {
                assert_eq!(naive, None, "clock {number} of seed {SEED}: {case:?}");
                paused += 1;
            }
            Err(error) => panic!("clock {number} of seed {SEED}: {error}: {case:?}"),
        }
        if number % 10 == 0
            && let Some(due) = naive
        {
            check_days_left(&case, &reckoning, &slow, &pauses, due);
            check_steps(&case, &reckoning);
        }
    }
    // The sample reaches every kind of answer.
    assert!(
        ended > CLOCKS * 7 / 10 && paused > CLOCKS / 50 && provisional > CLOCKS / 100,
        "{ended} {paused} {provisional}"
    );
}

fn check_days_left(case: &Case, reckoning: &Reckoning<'_>, slow: &SlowCalendar, pauses: &[SlowPause], due: SlowDue) {
    let left = reckoning.remaining(case.now).unwrap();
    let over = reckoning.overdue_by(case.now).unwrap();
    assert_eq!(over.is_some(), case.now >= due.0, "{case:?}");
    if over.is_some() {
        assert_eq!(left.count, 0, "{case:?}");
    } else {
        assert!(left.count > 0, "{case:?}");
    }
    if !case.rule.period.unit.counts_days() {
        return;
    }
    let working = left.unit == AmountUnit::WorkingDays;
    let start = date_of(case.start);
    let first = if case.rule.counts_first_day { start } else { start.tomorrow().unwrap() };
    let today = date_of(case.now);
    if let Some(over) = over {
        let expected = slow.days_left(due.1.tomorrow().unwrap(), today, working, &[]);
        assert_eq!(over.count, expected, "{case:?}");
    } else {
        assert_eq!(left.count, slow.days_left(today.max(first), due.1, working, pauses), "{case:?}");
    }
}

/// The steps follow each other without a gap, from the start to the end, and their amounts make up the period.
fn check_steps(case: &Case, reckoning: &Reckoning<'_>) {
    use guiju_kernel::clock::StepCode;
    let due = reckoning.due().unwrap();
    let steps: Vec<_> = due.steps.iter().filter(|step| step.code != StepCode::MonthsAdded).collect();
    for pair in steps.windows(2) {
        assert_eq!(pair[0].until, pair[1].from, "{case:?}");
        assert_eq!(pair[0].total + pair[1].amount, pair[1].total, "{case:?}");
    }
    let (first, last) = (steps.first().unwrap(), steps.last().unwrap());
    assert_eq!(last.until, due.at, "{case:?}");
    let days = case.rule.period.unit.counts_days();
    assert_eq!(first.from, if days { midnight(date_of(case.start)) } else { case.start }, "{case:?}");
    let n = u64::from(case.rule.period.n);
    match case.rule.period.unit {
        Unit::WorkingDays | Unit::Days => assert_eq!(last.total, n, "{case:?}"),
        Unit::Minutes => assert_eq!(last.total, n * MINUTE, "{case:?}"),
        Unit::Hours | Unit::WorkingHours => assert_eq!(last.total, n * 60 * MINUTE, "{case:?}"),
        Unit::Months | Unit::Years => assert!(last.total >= n * 28, "{case:?}"),
    }
}
