//! Which rows make one sweep? Those of one pass: a row that overlaps what is there already begins the next.

use super::row::{Kind, Row};
use super::{Piece, Sweep, TimeBasis};
use crate::hours::Interval;

/// The most bins of one sweep: 7 GHz at 420 Hz. A file that asks for more is not a sweep table.
pub(crate) const BINS_MOST: usize = 1 << 24;
/// Rows may overlap by this part of a bin, because programs round their frequencies.
const OVERLAP_BINS: f64 = 1.5;
/// Two rows are put together when they meet within this part of a bin.
const JOIN_BINS: f64 = 0.1;

/// The rows of the sweep that is being put together.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// In order of frequency.
    rows: Vec<Row>,
    first_low_hz: f64,
    first_ns: Option<i64>,
    last_ns: Option<i64>,
    bins: usize,
}

impl Rows {
    pub(crate) fn bins(&self) -> usize {
        self.bins
    }

    /// Says whether a row belongs to the next sweep.
    pub(crate) fn begins_next(&self, row: &Row, kind: Kind) -> bool {
        if self.rows.is_empty() {
            return false;
        }
        // rtl_power stamps all hops of one pass alike. hackrf_sweep may stamp every row, so there only frequency tells.
        if kind == Kind::RtlPower && row.stamp_ns != self.last_ns {
            return true;
        }
        // A pass begins at its lowest frequency.
        row.low_hz < self.first_low_hz || self.overlaps(row)
    }

    fn overlaps(&self, row: &Row) -> bool {
        let at = self.rows.partition_point(|held| held.low_hz < row.low_hz);
        let width = row.pieces.first().map_or(0.0, |piece| piece.bin_width_hz) * OVERLAP_BINS;
        let before = at.checked_sub(1).and_then(|before| self.rows.get(before));
        before.is_some_and(|held| held.high_hz > row.low_hz + width)
            || self.rows.get(at).is_some_and(|held| held.low_hz < row.high_hz - width)
    }

    pub(crate) fn push(&mut self, row: Row) {
        if self.rows.is_empty() {
            self.first_low_hz = row.low_hz;
            self.first_ns = row.stamp_ns;
        }
        self.last_ns = row.stamp_ns;
        self.bins += row.pieces.iter().map(|piece| piece.levels.len()).sum::<usize>();
        let at = self.rows.partition_point(|held| held.low_hz < row.low_hz);
        self.rows.insert(at, row);
    }

    /// Gives the sweep and begins anew. `integration_ns` is how long before its stamp a row was measured, `resolution_ns` how
    /// fine stamps are.
    pub(crate) fn take(&mut self, integration_ns: Option<i64>, resolution_ns: i64) -> Sweep {
        let rows = std::mem::take(self);
        let span = rows.first_ns.zip(rows.last_ns);
        let when = span.and_then(|(first, last)| match integration_ns {
            Some(before) if before > 0 => Interval::new(first.saturating_sub(before), last),
            _ => Interval::new(first, last.saturating_add(resolution_ns)),
        });
        let basis = if span.is_some() { TimeBasis::ZoneAssumed } else { TimeBasis::Absent };
        let mut pieces: Vec<Piece> = Vec::new();
        for piece in rows.rows.into_iter().flat_map(|row| row.pieces) {
            match pieces.last_mut() {
                Some(last) if meets(last, &piece) => last.levels.extend(piece.levels),
                _ => pieces.push(piece),
            }
        }
        Sweep { when, basis, pieces }
    }
}

fn meets(left: &Piece, right: &Piece) -> bool {
    let alike = (left.bin_width_hz - right.bin_width_hz).abs() <= 1e-9 * left.bin_width_hz;
    alike && (left.high_hz() - right.low_hz).abs() <= JOIN_BINS * left.bin_width_hz
}
