//! Placeholder of the names that others refer to, until the calendar branch lands: in a conflict its own file wins whole.

#[derive(Debug, Clone)]
pub struct Notice {}

#[derive(Debug, Clone)]
pub struct Calendar {}
