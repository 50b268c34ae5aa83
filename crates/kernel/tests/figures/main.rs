//! Figures: cohorts that do not leak, cut-offs that move, entries that end, and every number equal to its rows.

#[cfg(test)]
mod archive;
#[cfg(test)]
mod cases;
#[cfg(test)]
mod entries;
