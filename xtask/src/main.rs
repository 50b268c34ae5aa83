//! House rules and chores, run as `cargo xtask NAME`.

fn main() {}
