//! A case as its records tell it: what was done, when, by whom, with what, and of what its source says nothing.

use std::collections::BTreeSet;

use jiff::civil::Time;
use serde_json::{Map, Value};

use crate::procedure::definition::{Act, FieldKind, Procedure};
use crate::record::ActorKind;
use crate::time::{Instant, civil_of};

/// Somebody who did an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hand {
    pub kind: ActorKind,
    /// Account, or the number of a card that no account here bears.
    pub id: String,
}

/// One recorded act.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Step {
    /// Sequence number of its record.
    pub seq: u64,
    /// When it was done; of a mirrored act that tells only the day, the first moment of that day.
    pub done: Instant,
    pub act: String,
    pub tags: Vec<String>,
    /// Done on another platform.
    pub mirror: bool,
    /// Who did it; not the clerk or file by which a mirrored act came in.
    pub by: Vec<Hand>,
    /// Open values that came with it.
    pub given: Map<String, Value>,
    /// Names of personal fields and of file fields that came with it.
    pub sealed: Vec<String>,
    pub files: Vec<String>,
    /// Whether the record says on which articles it rests.
    pub rests: bool,
    /// Whether it issued an instrument.
    pub issued: bool,
    /// Whether a pause that it began names no notice to the party.
    pub silent: bool,
}

/// Of what the source of a mirrored case tells: names of acts, of fields, and of acts whose officers it names.
///
/// A step without a moment in a column that is there was not done, and a flag without a mark was not set. Any other empty cell, and
/// every column that is not there, tells nothing (ADR 0141).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    pub acts: BTreeSet<String>,
    pub fields: BTreeSet<String>,
    pub officers: BTreeSet<String>,
}

/// The history of one case.
#[derive(Debug, Clone)]
pub struct History<'a> {
    /// The version of the procedure that the case is pinned to.
    pub procedure: &'a Procedure,
    /// The organ whose case it is.
    pub organ: &'a str,
    /// Whether it has reached an end.
    pub ended: bool,
    /// In the order in which they were done; of one moment in the order of the records.
    pub steps: &'a [Step],
    /// For a case that came from another platform.
    pub told: Option<&'a Told>,
}

impl Step {
    pub(super) fn bears(&self, tag: &str) -> bool {
        self.tags.iter().any(|known| known == tag)
    }

    /// Whether only the day is known: other platforms often keep no more.
    pub(super) fn day_only(&self) -> bool {
        self.mirror && civil_of(self.done).time() == Time::midnight()
    }
}

impl<'a> History<'a> {
    pub(super) fn act(&self, step: &Step) -> Option<&'a Act> {
        self.procedure.act(&step.act)
    }

    fn is_mirrored(&self) -> bool {
        self.told.is_some() || self.steps.iter().any(|step| step.mirror)
    }

    /// Whether it is known of every one of the acts that it was not done, where no record says so.
    pub(super) fn silence_tells(&self, acts: &[&Act]) -> bool {
        if !self.is_mirrored() {
            return true;
        }
        let told = |act: &&Act| self.told.is_some_and(|told| told.acts.contains(&act.name));
        !acts.is_empty() && acts.iter().all(told)
    }

    /// Whether it is known of every act of this kind whether it was done: none of them can hide behind a missing column.
    pub(super) fn hides_no(&self, is: impl Fn(&Act) -> bool) -> bool {
        let acts: Vec<&Act> = self.procedure.acts.iter().filter(|act| is(act)).collect();
        acts.is_empty() || self.silence_tells(&acts)
    }

    /// Whether every beginning of a round is known.
    pub(super) fn tells_rounds(&self) -> bool {
        self.hides_no(|act| act.new_round)
    }

    /// The acts of the procedure that bear the tag.
    pub(super) fn bearing(&self, tag: &str) -> Vec<&'a Act> {
        let procedure = self.procedure;
        procedure.acts.iter().filter(|act| act.tags.iter().any(|known| known == tag)).collect()
    }

    /// Whether a field that no record fills is known to be empty.
    pub(super) fn tells_field(&self, name: &str) -> bool {
        let flag = || self.procedure.field(name).is_some_and(|field| field.kind == FieldKind::Flag);
        !self.is_mirrored() || (flag() && self.told.is_some_and(|told| told.fields.contains(name)))
    }

    /// Whether the officers of the step are named.
    pub(super) fn tells_hands(&self, step: &Step) -> bool {
        let named = || self.told.is_some_and(|told| told.officers.contains(&step.act));
        !step.mirror || (named() && !step.by.is_empty())
    }

    /// Places of the steps that bear the tag.
    pub(super) fn of_tag<'s>(&'s self, tag: &'s str) -> impl Iterator<Item = usize> + 's {
        self.steps.iter().enumerate().filter(move |(_, step)| step.bears(tag)).map(|(at, _)| at)
    }

    /// Where the round begins in which the step was done; the act that begins a round is the first of it, but what it needs was
    /// done before it.
    pub(super) fn round_of(&self, at: usize) -> usize {
        let begins = |step: &Step| self.act(step).is_some_and(|act| act.new_round);
        self.steps.iter().take(at).rposition(begins).unwrap_or(0)
    }
}
