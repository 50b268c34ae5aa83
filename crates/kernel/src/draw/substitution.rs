//! Who comes instead? The next of the same order, with a cause, and the first result stays on record.
//!
//! This departs from the draft, which runs the draw again with the next one-time code (ADR 0100). Refuses a substitution
//! without a cause, of what does not stand in the result, and out of time. Who was replaced never comes back.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::fault::{Findings, What};
use super::selection::{Barred, Drawing, Place};
use super::snapshot::{Snapshot, is_moment, is_text};

/// One replacement, in the order in which they happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Substitution {
    pub of: Of,
    pub cause: String,
    pub at: String,
    /// The places as they are now, each with all its inspectors.
    pub by: Vec<Place>,
}

/// Who is replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Of {
    /// A target that cannot be inspected: the next of its stratum comes, with inspectors of its own.
    Target { label: String },
    /// An inspector: at one target, or wherever the inspector stands, and then for good.
    Inspector {
        label: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        target: Option<String>,
    },
}

/// The result as it changes.
#[derive(Debug)]
pub struct Roster<'s, 'd> {
    drawing: &'d Drawing<'s>,
    used: BTreeSet<String>,
    barred: Barred<'s>,
    standing: Vec<Place>,
}

impl<'s, 'd> Roster<'s, 'd> {
    /// Begins with the first result.
    pub fn new(drawing: &'d Drawing<'s>, places: &[Place]) -> Roster<'s, 'd> {
        let used = places.iter().map(|place| place.target.clone()).collect();
        Roster { drawing, used, barred: Barred::default(), standing: places.to_vec() }
    }

    /// The places after all substitutions so far.
    pub fn standing(self) -> Vec<Place> {
        self.standing
    }

    /// Finds who comes instead, and puts them there.
    ///
    /// # Errors
    /// What does not hold.
    pub fn substitute(&mut self, of: &'s Of) -> Result<Vec<Place>, What> {
        match of {
            Of::Target { label } => {
                let at = self.standing.iter().position(|place| place.target == *label).ok_or(What::SubstituteOf)?;
                let new = self.next_target(at).ok_or(What::SubstituteNone)?;
                self.put(at, new.clone());
                Ok(vec![new])
            }
            Of::Inspector { label, target } => {
                let stands = |place: &Place| {
                    place.inspectors.contains(label) && target.as_ref().is_none_or(|target| place.target == *target)
                };
                let places: Vec<usize> =
                    (0..self.standing.len()).filter(|at| self.standing.get(*at).is_some_and(stands)).collect();
                if places.is_empty() {
                    return Err(What::SubstituteOf);
                }
                match target {
                    Some(target) => self.barred.at.insert((target, label)),
                    None => self.barred.anywhere.insert(label),
                };
                let mut by = Vec::new();
                for at in places {
                    let new = self.next_inspector(at, label).ok_or(What::SubstituteNone)?;
                    self.put(at, new.clone());
                    by.push(new);
                }
                Ok(by)
            }
        }
    }

    fn put(&mut self, at: usize, new: Place) {
        if let Some(place) = self.standing.get_mut(at) {
            self.used.insert(new.target.clone());
            *place = new;
        }
    }

    /// The next of the same stratum that never stood in the result. One with too few inspectors left is not skipped: who keeps
    /// inspectors away could otherwise pass a target over.
    fn next_target(&self, at: usize) -> Option<Place> {
        let stratum = &self.standing.get(at)?.stratum;
        let mut waiting = self
            .drawing
            .order()
            .iter()
            .filter(|(_, target)| target.stratum == *stratum && !self.used.contains(&target.label));
        let (position, target) = waiting.next()?;
        self.drawing.place(*position, target, &self.barred)
    }

    fn next_inspector(&self, at: usize, label: &str) -> Option<Place> {
        let mut place = self.standing.get(at)?.clone();
        let (_, target) = self.drawing.order().iter().find(|(_, target)| target.label == place.target)?;
        let crew = self.drawing.crew(target, 1, &place.inspectors, &self.barred)?;
        let new = crew.first()?;
        let seat = place.inspectors.iter_mut().find(|one| *one == label)?;
        seat.clone_from(&new.label);
        Some(place)
    }
}

/// Looks at causes and times: not before the last source was public, and one after the other.
pub fn check_causes(snapshot: &Snapshot, substitutions: &[Substitution], found: &mut Findings) {
    let mut last = snapshot.sources.iter().filter_map(|source| source.kind.public_at()).max().unwrap_or_default();
    for (number, substitution) in (1u64..).zip(substitutions) {
        let at = substitution.at.as_str();
        found.hold(is_text(&substitution.cause), What::SubstituteCause, &number.to_string());
        found.hold(is_moment(at) && at >= last, What::SubstituteTime, &number.to_string());
        last = last.max(at);
    }
}
