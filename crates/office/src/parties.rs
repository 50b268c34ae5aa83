//! Under whose key personal data lie.

/// Registers whose entries are parties: their key is the party's.
const PARTY_REGISTERS: [&str; 1] = ["enterprises"];

/// The party whose key seals an entry's personal fields: the party itself, or the entry as a data subject of its own.
pub fn party_of_entry(register: &str, key: &str) -> String {
    if PARTY_REGISTERS.contains(&register) { key.to_owned() } else { format!("{register}:{key}") }
}
