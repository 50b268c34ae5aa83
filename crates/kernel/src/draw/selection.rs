//! Who is drawn? The first of each risk class in the order, and for each target the first inspectors who may go there.
//!
//! Inspectors: a team is the first of the pool's order with a valid card; each target gets those of the team who satisfy card,
//! area and recusal and stand first in the order of its pairings. Where the team has too few, the next of the pool's order who
//! satisfy are called in addition. Refuses nothing that [`Snapshot::check`] has let pass.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::fault::{DrawFault, Mismatch, What};
use super::order::{Key, Position};
use super::quota::quotas;
use super::snapshot::{Inspector, Inspectors, Snapshot, Target};

/// What came of the draw; substitutions never change it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// The inspectors drawn to share the targets, in their order; empty where no inspectors are drawn.
    pub team: Vec<Member>,
    /// The targets drawn, in their order.
    pub places: Vec<Place>,
}

/// One of the team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    pub label: String,
    pub position: String,
}

/// A target drawn, and who inspects it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    pub target: String,
    pub stratum: String,
    pub position: String,
    pub inspectors: Vec<String>,
}

/// Who may not be sent: anywhere, and to one target (target, inspector).
#[derive(Debug, Default)]
pub struct Barred<'s> {
    pub anywhere: BTreeSet<&'s str>,
    pub at: BTreeSet<(&'s str, &'s str)>,
}

/// A snapshot with its key: every candidate in its place.
#[derive(Debug)]
pub struct Drawing<'s> {
    snapshot: &'s Snapshot,
    key: &'s Key,
    order: Vec<(Position, &'s Target)>,
    inspectors: Vec<(Position, &'s Inspector)>,
    team: BTreeSet<&'s str>,
    recusals: BTreeSet<(&'s str, &'s str)>,
}

impl<'s> Drawing<'s> {
    /// Puts all candidates in order.
    pub fn new(snapshot: &'s Snapshot, key: &'s Key) -> Drawing<'s> {
        let mut order: Vec<_> = snapshot.targets.iter().map(|target| (key.target(&target.label), target)).collect();
        order.sort_unstable_by(|a, b| (a.0, &a.1.label).cmp(&(b.0, &b.1.label)));
        let mut drawing =
            Drawing { snapshot, key, order, inspectors: Vec::new(), team: BTreeSet::new(), recusals: BTreeSet::new() };
        if let Some(pool) = &snapshot.inspectors {
            drawing.inspectors = pool.pool.iter().map(|one| (key.inspector(&one.label), one)).collect();
            drawing.inspectors.sort_unstable_by(|a, b| (a.0, &a.1.label).cmp(&(b.0, &b.1.label)));
            drawing.recusals = pool.recusals();
            drawing.team = drawing.members(pool).map(|(_, one)| one.label.as_str()).collect();
        }
        drawing
    }

    fn members(&self, pool: &'s Inspectors) -> impl Iterator<Item = &(Position, &'s Inspector)> {
        let most = pool.team.and_then(|team| usize::try_from(team).ok()).unwrap_or(usize::MAX);
        self.inspectors.iter().filter(|(_, one)| one.card.is_valid_on(&pool.on)).take(most)
    }

    /// All targets of the pool in their order, the drawn and the others.
    pub fn order(&self) -> &[(Position, &'s Target)] {
        &self.order
    }

    /// Draws.
    ///
    /// # Errors
    /// When the plan cannot be carried out or a target has too few inspectors; a checked snapshot has neither.
    pub fn outcome(&self) -> Result<Outcome, DrawFault> {
        let fault = |what, at: &str| DrawFault(vec![Mismatch::new(what, at)]);
        let counts = quotas(self.snapshot.rule, &self.snapshot.strata, &self.snapshot.sizes());
        let counts = counts.map_err(|at| fault(What::Plan, &at))?;
        let mut left: BTreeMap<&str, u64> =
            self.snapshot.strata.iter().map(|stratum| stratum.id.as_str()).zip(counts).collect();
        let mut places = Vec::new();
        for (position, target) in &self.order {
            let Some(left) = left.get_mut(target.stratum.as_str()).filter(|left| **left > 0) else { continue };
            *left -= 1;
            let place = self.place(*position, target, &Barred::default());
            places.push(place.ok_or_else(|| fault(What::Pairs, &target.label))?);
        }
        let team = self.snapshot.inspectors.iter().flat_map(|pool| self.members(pool));
        let team = team.map(|(position, one)| Member { label: one.label.clone(), position: position.to_hex() });
        Ok(Outcome { team: team.collect(), places })
    }

    /// The place of a target with its inspectors; `None` when too few may go there.
    pub fn place(&self, position: Position, target: &'s Target, barred: &Barred<'s>) -> Option<Place> {
        let needed = self.snapshot.inspectors.as_ref().map_or(0, |pool| pool.per_target);
        let needed = usize::try_from(needed).ok()?;
        let inspectors = self.crew(target, needed, &[], barred)?;
        Some(Place {
            target: target.label.clone(),
            stratum: target.stratum.clone(),
            position: position.to_hex(),
            inspectors: inspectors.iter().map(|one| one.label.clone()).collect(),
        })
    }

    /// The first `needed` inspectors for a target beside those who stand there already: of the team in the order of the
    /// target's pairings, then of the rest of the pool in the pool's order.
    pub fn crew(
        &self,
        target: &'s Target,
        needed: usize,
        standing: &[String],
        barred: &Barred<'s>,
    ) -> Option<Vec<&'s Inspector>> {
        if needed == 0 {
            return Some(Vec::new());
        }
        let pool = self.snapshot.inspectors.as_ref()?;
        let may_go = |one: &Inspector| {
            let pair = (target.label.as_str(), one.label.as_str());
            pool.is_able(one, target.area.as_deref())
                && !self.recusals.contains(&pair)
                && !barred.at.contains(&pair)
                && !barred.anywhere.contains(one.label.as_str())
                && !standing.contains(&one.label)
        };
        let (team, others): (Vec<_>, Vec<_>) =
            self.inspectors.iter().map(|(_, one)| *one).partition(|one| self.team.contains(one.label.as_str()));
        let mut pairs: Vec<_> = team
            .into_iter()
            .filter(|one| may_go(one))
            .map(|one| (self.key.pairing(&target.label, &one.label), one))
            .collect();
        pairs.sort_unstable_by(|a, b| (a.0, &a.1.label).cmp(&(b.0, &b.1.label)));
        let called = others.into_iter().filter(|one| may_go(one));
        let crew: Vec<_> = pairs.into_iter().map(|(_, one)| one).chain(called).take(needed).collect();
        (crew.len() == needed).then_some(crew)
    }
}
