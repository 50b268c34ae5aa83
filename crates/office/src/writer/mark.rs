//! Records of the program itself, about no case and no entry.

use guiju_kernel::record::{ActorKind, Doer, Origin, Record};
use guiju_kernel::time::Instant;
use guiju_pack::Pack;
use serde_json::Map;

use super::desk::Desk;
use super::pending::Pending;
use super::tokens::once_effect;
use crate::answer::{Answer, Done, OfficeError};

impl Desk {
    pub(super) async fn mark(
        &mut self,
        act: &str,
        token: String,
        now: Instant,
        pending: &mut Pending,
    ) -> Result<Answer, OfficeError> {
        let done = |seq, again| Answer::Done(Done { seq, case: 0, number: token.clone(), state: String::new(), again });
        if let Some(seq) = self.once_of(&token).await? {
            return Ok(done(seq, true));
        }
        let seq = self.events.size();
        let mut record = plain_record(&self.shelf.current.pack, act, seq, now);
        record.effects.push(once_effect(&token, seq));
        pending.once(token.clone(), seq);
        self.remember_once(token.clone(), seq);
        self.append(&record, pending)?;
        Ok(done(seq, false))
    }
}

/// A record with nothing in it yet but who (the program), when and under which pack.
pub fn plain_record(pack: &Pack, act: &str, seq: u64, now: Instant) -> Record {
    Record {
        v: 1,
        seq,
        done: now,
        recorded: now,
        organ: pack.organs.iter().find(|o| o.own).map(|o| o.id.clone()).unwrap_or_default(),
        unit: None,
        origin: Origin::Own,
        by: vec![Doer { kind: ActorKind::System, id: "guiju".into(), organ: None, unit: None }],
        act: act.to_owned(),
        tags: Vec::new(),
        basis: Vec::new(),
        pack: pack.hash.clone(),
        case: None,
        entry: None,
        given: Map::new(),
        consulted: Map::new(),
        personal: Default::default(),
        party: None,
        files: Vec::new(),
        effects: Vec::new(),
    }
}
