//! What the full-text index knows of a case: its words, its number, its party, and who may find it.

use guiju_kernel::case::Case;
use guiju_store::scope_token;
use guiju_text::search_tokens;

/// Tokens joined by spaces. Personal fields are never among them.
pub fn tokens_of(case: &Case) -> String {
    let mut out = Vec::new();
    out.extend(search_tokens(&case.number));
    out.extend(search_tokens(&case.headline));
    // The headline is one of the fields: not twice.
    for text in case.detail.fields.values().filter_map(|v| v.as_str()).filter(|t| *t != case.headline) {
        out.extend(search_tokens(text));
    }
    if let Some(subject) = &case.subject {
        out.extend(search_tokens(subject));
        out.push(party_token(subject));
    }
    for part in &case.parts {
        out.push(scope_token(&part.organ, &part.unit));
    }
    out.push(organ_token(&case.organ));
    out.join(" ")
}

/// The token by which a party finds its own cases.
pub fn party_token(party: &str) -> String {
    scope_token("party", party)
}

/// The token by which those who oversee an organ find its cases.
pub fn organ_token(organ: &str) -> String {
    scope_token("organ", organ)
}
