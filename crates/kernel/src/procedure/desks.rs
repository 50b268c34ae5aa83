//! On whose desk does the case lie?
//!
//! INVARIANT(desks): part 0 is the lead; one part a unit; numbers run from 0 without gaps and no part is ever dropped, for a unit
//! that once held the case may still read it. When another unit takes the lead, it and the former lead change places, and the
//! former one's part is closed. An assignment by the act counts before the holder that the state names.

use serde_json::Value;

use super::actors::part_of;
use super::definition::{Act, Assigns, Holder};
use super::proposal::{Person, Refusal, RefusalKind};
use super::sentence::{act_title, field_title, text};
use super::work::Work;
use crate::case::{Case, Part};
use crate::record::ActorKind;

impl Work<'_> {
    /// Puts the case on the desks that the act assigns or the state names. `moved`: the case has entered another state.
    pub(super) fn settle_desks(&mut self, moved: bool) -> Result<(), Box<Refusal>> {
        let before = self.case.parts.clone();
        match &self.act.assigns {
            _ if self.lenient => self.seat_by_claim(moved),
            Some(assigns) => {
                self.assign(assigns)?;
                self.leave_desks();
            }
            None if moved => self.seat_by_state(),
            None => {}
        }
        if self.act.takes_up {
            self.take_up();
        }
        self.close_sub_clocks(&before);
        Ok(())
    }

    fn assign(&mut self, assigns: &Assigns) -> Result<(), Box<Refusal>> {
        let dispatcher = self.desk_of_actor();
        match assigns {
            Assigns::Fields { lead, with } => {
                let Some(unit) = self.text_field(lead) else {
                    let title = field_title(self.def, lead);
                    let why = text(
                        format!("没有写明由哪个单位承办（{}）", title.zh),
                        format!("no unit is named in `{}`", title.en),
                    );
                    return Err(Refusal::new(RefusalKind::Field, "assign.lead", why).at(lead));
                };
                let with_units = with.as_ref().map(|with| self.texts_field(with)).unwrap_or_default();
                if let Some(twice) = with_units.iter().find(|one| **one == unit) {
                    let why = text(
                        format!("“{twice}”不能既主办又协办"),
                        format!("`{twice}` cannot lead and co-handle at once"),
                    );
                    let refusal = Refusal::new(RefusalKind::Field, "assign.lead_and_with", why);
                    return Err(refusal.at(with.clone().unwrap_or_default()));
                }
                self.seat(&unit, &with_units);
                self.case.detail.dispatcher = dispatcher.or(self.case.detail.dispatcher.take());
            }
            Assigns::Unit(unit) => self.seat(unit, &[]),
            Assigns::Dispatcher => match self.case.detail.dispatcher.clone().or_else(|| self.first_desk()) {
                Some(unit) => self.seat(&unit, &[]),
                None => {
                    let title = act_title(self.act);
                    let why = text(
                        format!("本件没有派单单位，不能“{}”", title.zh),
                        format!("no unit has dispatched this case, so `{}` is not possible", title.en),
                    );
                    return Err(Refusal::new(RefusalKind::Guard, "assign.dispatcher", why).resting_on(&self.act.basis));
                }
            },
            Assigns::Level(units) => {
                let level = self.case.level.saturating_sub(1) as usize;
                if let Some(unit) = units.get(level).or(units.last()) {
                    self.seat(unit, &[]);
                }
            }
        }
        Ok(())
    }

    /// The unit in whose name an officer dispatches; a party's or timer's act leaves the dispatcher as it is.
    fn desk_of_actor(&self) -> Option<String> {
        let officer = self.proposal.by.first().filter(|person| person.kind == ActorKind::Officer)?;
        Some(format!("{}/{}", officer.organ.as_ref()?, officer.unit.as_ref()?))
    }

    /// Where cases begin: an imported one was dispatched elsewhere and comes back here.
    fn first_desk(&self) -> Option<String> {
        match self.def.start().and_then(|state| state.holder.as_ref()) {
            Some(Holder::Unit(unit)) => Some(unit.clone()),
            _ => None,
        }
    }

    fn text_field(&self, name: &str) -> Option<String> {
        self.case.detail.fields.get(name).and_then(Value::as_str).map(str::to_owned)
    }

    fn texts_field(&self, name: &str) -> Vec<String> {
        match self.case.detail.fields.get(name) {
            Some(Value::String(one)) => vec![one.clone()],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        }
    }

    fn holder(&self) -> Option<&Holder> {
        self.def.state(&self.case.state).and_then(|state| state.holder.as_ref())
    }

    fn seat_by_state(&mut self) {
        match self.holder() {
            None => {}
            Some(Holder::Unit(unit)) => {
                let unit = unit.clone();
                self.seat(&unit, &[]);
            }
            Some(Holder::Assigned) => {
                // Back from the party, or from waiting: the lead takes it up again.
                let none_open = !self.case.parts.iter().any(|part| part.open);
                if let Some(lead) = self.case.parts.first_mut().filter(|_| none_open) {
                    lead.open = true;
                }
            }
            Some(Holder::Party | Holder::Nobody) => self.leave_desks(),
        }
    }

    /// In a state that waits for the party or for nobody the case lies on no desk.
    fn leave_desks(&mut self) {
        if matches!(self.holder(), Some(Holder::Party | Holder::Nobody)) {
            self.case.parts.iter_mut().for_each(|part| part.open = false);
        }
    }

    /// A claimed state counts, not how it came about; one that waits with an assigned unit waits with the unit that the imported
    /// fields name.
    fn seat_by_claim(&mut self, moved: bool) {
        let named = self.seat_claimed.and_then(|act| act.assigns.as_ref());
        if let (Some(Holder::Assigned), Some(Assigns::Fields { lead, with })) = (self.holder(), named)
            && let Some(unit) = self.text_field(lead)
        {
            let with_units = with.as_ref().map(|with| self.texts_field(with)).unwrap_or_default();
            self.seat(&unit, &with_units);
        } else if moved {
            self.seat_by_state();
        }
    }

    /// Seats the lead and the co-handlers, and closes every other part.
    pub(super) fn seat(&mut self, lead: &str, with: &[String]) {
        let parts = &mut self.case.parts;
        let at = find_or_add(parts, lead);
        if at != 0 {
            parts.swap(0, at);
            for (number, part) in (0_u32..).zip(parts.iter_mut()) {
                part.part = number;
            }
        }
        let seats: Vec<usize> = with.iter().map(|unit| find_or_add(parts, unit)).collect();
        for (at, part) in parts.iter_mut().enumerate() {
            let seated = at == 0 || seats.contains(&at);
            if seated && !part.open {
                part.person = None;
            }
            part.open = seated;
        }
    }

    fn take_up(&mut self) {
        let Some(person) = self.proposal.by.first() else { return };
        let Some(number) = part_of(&self.case, person).map(|part| part.part) else { return };
        if let Some(part) = self.case.parts.iter_mut().find(|part| part.part == number) {
            part.person = Some(person.id.clone());
        }
    }

    /// Ends the co-handler's part of who acts; says whether every co-handler is in.
    pub(super) fn join(&mut self) -> Result<bool, Box<Refusal>> {
        let Some(person) = self.proposal.by.first() else { return Ok(true) };
        let number = co_handler(&self.case, self.act, person)?;
        if let Some(part) = self.case.parts.iter_mut().find(|part| part.part == number) {
            part.open = false;
        }
        Ok(self.case.parts.iter().all(|part| part.part == 0 || !part.open))
    }

    /// A sub-clock belongs to a unit's part: it stops when the part closes, and goes when the number passes to another unit.
    pub(super) fn close_sub_clocks(&mut self, before: &[Part]) {
        for was in before {
            let Some(is) = self.case.parts.iter().find(|part| part.part == was.part) else { continue };
            let same = is.organ == was.organ && is.unit == was.unit;
            if same && (is.open || !was.open) {
                continue;
            }
            let suffix = format!("#{}", was.part);
            let keys: Vec<String> =
                self.case.detail.clocks.keys().filter(|key| key.ends_with(&suffix)).cloned().collect();
            for key in keys {
                self.stop_one(&key);
                if !same {
                    self.case.detail.clocks.remove(&key);
                    self.drop_timers_of(&key);
                }
            }
        }
    }
}

/// The number of the open part that the person's unit handles beside the lead.
pub(super) fn co_handler(case: &Case, act: &Act, person: &Person) -> Result<u32, Box<Refusal>> {
    let part = part_of(case, person).map(|part| part.part);
    part.filter(|number| *number > 0).ok_or_else(|| {
        let title = act_title(act);
        let why = text(
            format!("“{}”由协办单位办理，您的单位不是本件的协办单位，或者已经办结", title.zh),
            format!("`{}` is for co-handling units that are not done, and yours is none", title.en),
        );
        Refusal::new(RefusalKind::Actor, "actor.co_handler", why).resting_on(&act.basis)
    })
}

/// Finds the unit's part, or adds one; `organ/unit`.
fn find_or_add(parts: &mut Vec<Part>, path: &str) -> usize {
    let (organ, unit) = path.split_once('/').unwrap_or((path, ""));
    if let Some(at) = parts.iter().position(|part| part.organ == organ && part.unit == unit) {
        return at;
    }
    let part = u32::try_from(parts.len()).unwrap_or(u32::MAX);
    parts.push(Part { part, organ: organ.to_owned(), unit: unit.to_owned(), person: None, open: false, due: None });
    parts.len() - 1
}
