//! Under whose key personal data lie.

use guiju_kernel::organ::Register;

/// Registers whose entries are parties: their key is the party's.
const PARTY_REGISTERS: [&str; 1] = ["enterprises"];

/// The entry that a party is: `register:key`, or the party's own entry in the register of parties.
pub fn entry_of_party<'p>(party: &'p str, registers: &'p [Register]) -> Option<(&'p Register, &'p str)> {
    let named = party.split_once(':').and_then(|(id, key)| Some((registers.iter().find(|r| r.id == id)?, key)));
    named.or_else(|| {
        if party.contains(':') {
            return None;
        }
        Some((registers.iter().find(|r| PARTY_REGISTERS.contains(&r.id.as_str()))?, party))
    })
}

/// The roles that keep the register in which a party stands; of a party that stands in none, those that keep the parties'.
pub fn keepers_of_party(party: &str, registers: &[Register]) -> Vec<String> {
    let own = entry_of_party(party, registers).map(|(register, _)| register);
    let of_parties = || registers.iter().find(|r| PARTY_REGISTERS.contains(&r.id.as_str()));
    own.or_else(of_parties).map(|register| register.kept_by.clone()).unwrap_or_default()
}

/// The party whose key seals an entry's personal fields: the party itself, or the entry as a data subject of its own.
pub fn party_of_entry(register: &str, key: &str) -> String {
    if PARTY_REGISTERS.contains(&register) { key.to_owned() } else { format!("{register}:{key}") }
}
