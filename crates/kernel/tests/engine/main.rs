//! The procedure engine: what it allows, what it refuses and why, and that a case is always the fold of its records.

#[cfg(test)]
mod bells;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod format;
#[cfg(test)]
mod matter;
#[cfg(test)]
mod no;
#[cfg(test)]
mod property;
#[cfg(test)]
mod speed;
#[cfg(test)]
mod way;
