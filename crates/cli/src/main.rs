//! The binary `guiju`: translates the command line into calls on office, web and verify.

fn main() {}
