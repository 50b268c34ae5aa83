//! The case as the act leaves it: one step after the other, each in its own function.
//!
//! Everything is done to a copy; a refusal on the way leaves nothing behind.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::clocks::Changed;
use super::consulted::Consulted;
use super::definition::{Act, Procedure};
use super::fields::Checked;
use super::proposal::{Context, Proposal, Refusal, RefusalKind};
use super::sentence::text;
use crate::case::{Case, Detail, Done, Issued};
use crate::record::{Effect, FileMark};
use crate::time::{self, Instant};

/// A case being changed by an act.
pub(super) struct Work<'a> {
    pub(super) def: &'a Procedure,
    pub(super) act: &'a Act,
    /// The name under which the act is noted: a claim of history is noted under the act that it claims.
    pub(super) noted: &'a str,
    pub(super) proposal: &'a Proposal,
    pub(super) ctx: &'a Context<'a>,
    pub(super) done: Instant,
    pub(super) case: Case,
    pub(super) consulted: Consulted,
    pub(super) changed: Changed,
    /// Roles of all who act.
    pub(super) roles: BTreeSet<String>,
    /// A claim of history: what cannot be done to clocks and desks is left undone.
    pub(super) lenient: bool,
    /// For a claim of history: the act by whose fields the units are found.
    pub(super) seat_claimed: Option<&'a Act>,
    /// Entries written so far, by register and key: one act makes one version of each.
    pub(super) written: BTreeSet<(String, String)>,
    /// The last number given in each series that this act numbers entries by.
    pub(super) series: BTreeMap<String, u64>,
    /// Effects on other tables than the case's.
    pub(super) beside: Vec<Effect>,
}

/// A case that nothing has been done to yet.
pub(super) fn blank(def: &Procedure, proposal: &Proposal, ctx: &Context<'_>, done: Instant) -> Case {
    Case {
        id: ctx.next_seq,
        number: String::new(),
        procedure: def.id.clone(),
        pack: ctx.pack.to_owned(),
        state: String::new(),
        outcome: None,
        subject: proposal.subject.clone(),
        organ: proposal.organ.clone(),
        origin: proposal.origin.clone(),
        opened: done,
        ended: None,
        version: ctx.next_seq,
        level: 0,
        round: 0,
        headline: String::new(),
        parts: Vec::new(),
        timers: std::collections::BTreeMap::new(),
        detail: Detail::default(),
    }
}

impl Work<'_> {
    /// Puts the fields where they belong: open values into the case, of personal ones only where they are bound.
    pub(super) fn set_fields(&mut self, checked: &Checked) {
        let seq = self.ctx.next_seq;
        let detail = &mut self.case.detail;
        for name in &checked.cleared {
            detail.fields.remove(name);
            detail.personal.remove(name);
        }
        for (name, value) in checked.open.iter().chain(&self.act.sets) {
            detail.fields.insert(name.clone(), value.clone());
        }
        for name in checked.personal.keys() {
            detail.personal.insert(name.clone(), seq);
        }
        for file in &self.proposal.files {
            detail.files.entry(file.field.clone()).or_default().push(FileMark::clone(file));
        }
        if let Some(headline) = detail.fields.get(&self.def.headline).and_then(Value::as_str)
            && self.case.headline != headline
        {
            headline.clone_into(&mut self.case.headline);
        }
    }

    /// A later round counts anew what was done in it; the act that begins it is the first of the new round.
    pub(super) fn begin_round(&mut self) {
        if self.act.new_round {
            self.case.round = self.case.round.saturating_add(1);
            for done in self.case.detail.acts.values_mut() {
                done.in_round = 0;
            }
        }
        if self.act.raises_level {
            self.case.level = self.case.level.saturating_add(1);
        }
    }

    pub(super) fn note_act(&mut self) {
        let (seq, at) = (self.ctx.next_seq, self.done);
        let fresh = || Done { times: 0, in_round: 0, seq, at, by: Vec::new() };
        let done = self.case.detail.acts.entry(self.noted.to_owned()).or_insert_with(fresh);
        done.times = done.times.saturating_add(1);
        done.in_round = done.in_round.saturating_add(1);
        done.seq = seq;
        done.at = at;
        for person in &self.proposal.by {
            if let Err(place) = done.by.binary_search(&person.id) {
                done.by.insert(place, person.id.clone());
            }
        }
        if let Some(answer) = &self.act.answers {
            self.case.detail.answers.insert(answer.clone(), seq);
        }
        for link in &self.proposal.links {
            if !self.case.detail.links.contains(link) {
                self.case.detail.links.push(*link);
            }
        }
    }

    /// Issues instruments; each bears the case's number and the sequence number of the record that issued it.
    pub(super) fn issue(&mut self) {
        let seq = self.ctx.next_seq;
        for issue in &self.act.issues {
            let number = format!("{}-{seq}", self.case.number);
            let issued = Issued { seq, number, received: None };
            self.case.detail.instruments.insert(issue.instrument.clone(), issued);
        }
    }

    /// Notes that the party has received instruments, and starts the clocks that wait for that.
    pub(super) fn receive(&mut self) -> Result<(), Box<Refusal>> {
        let act = self.act;
        for name in &act.receives {
            let Some(issued) = self.case.detail.instruments.get_mut(name) else {
                let why = text(
                    format!("文书“{name}”尚未制发，不能登记送达"),
                    format!("the instrument `{name}` has not been issued, so it cannot have been received"),
                );
                return Err(Refusal::new(RefusalKind::Guard, "instrument.issued", why).resting_on(&act.basis));
            };
            issued.received = Some(time::print(self.done));
            self.start_on_receipt(name)?;
        }
        Ok(())
    }

    /// Starts the clocks that wait for the receipt of an instrument.
    fn start_on_receipt(&mut self, name: &str) -> Result<(), Box<Refusal>> {
        let waiting = self.def.acts.iter().flat_map(|act| &act.issues).filter(|issue| issue.instrument == *name);
        let mut clocks: Vec<&String> = waiting.flat_map(|issue| &issue.on_receipt_starts).collect();
        clocks.sort_unstable();
        clocks.dedup();
        clocks.into_iter().try_for_each(|clock| self.start(clock))
    }

    /// A receipt elsewhere was of an instrument issued elsewhere: only the clocks know of it here.
    pub(super) fn receive_elsewhere(&mut self) -> Result<(), Box<Refusal>> {
        let act = self.act;
        act.receives.iter().try_for_each(|name| self.start_on_receipt(name))
    }

    /// Moves the case; what ends leaves nothing running.
    pub(super) fn enter(&mut self, state: &str) {
        state.clone_into(&mut self.case.state);
        if let Some(outcome) = self.def.state(state).and_then(|state| state.end.clone()) {
            self.case.outcome = Some(outcome);
            self.case.ended = Some(self.done);
            self.stop_all();
            for part in &mut self.case.parts {
                part.open = false;
            }
        }
    }
}
