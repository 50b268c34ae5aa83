//! Does an FM signal carry the stereo pilot of 19 kHz? The one exception to "nothing is demodulated", kept as narrow as it can be.
//!
//! The phase steps of the signal go one by one into the running sums of three Goertzel filters and are gone; no buffer of them exists, and no
//! function returns one. What leaves is a single ratio. The neighbours lie at 16.75 and 21.25 kHz, where a stereo broadcast has
//! nothing: programme ends at 15 kHz and the difference signal begins at 23 kHz.

use num_complex::Complex32;

/// The pilot, in Hz (ITU-R BS.450).
const PILOT_HZ: f64 = 19_000.0;
/// Its neighbours on both sides, in Hz.
const NEIGHBOURS_HZ: [f64; 2] = [16_750.0, 21_250.0];
/// Length of one piece, in seconds: a filter is 100 Hz wide. Shorter recordings show nothing.
const PIECE_SECONDS: f64 = 0.01;
/// The least sample rate that holds an FM signal, in Hz.
const RATE_LEAST_HZ: f64 = 150_000.0;

/// Running sums of a Goertzel filter.
#[derive(Debug, Clone, Copy)]
struct Goertzel {
    twice_cosine: f64,
    last: f64,
    before: f64,
}

impl Goertzel {
    fn new(hertz: f64, rate_hz: f64) -> Self {
        Self { twice_cosine: 2.0 * (std::f64::consts::TAU * hertz / rate_hz).cos(), last: 0.0, before: 0.0 }
    }

    fn push(&mut self, value: f64) {
        (self.before, self.last) = (self.last, value + self.twice_cosine * self.last - self.before);
    }

    /// Power of the piece; the sums begin anew.
    fn take(&mut self) -> f64 {
        let power = self.last * self.last + self.before * self.before - self.twice_cosine * self.last * self.before;
        (self.last, self.before) = (0.0, 0.0);
        power
    }
}

/// Measures how far the power at 19 kHz of an FM signal (alone in its band, tuned to its centre) stands over that beside it, in dB. A stereo
/// broadcast shows some tens of dB, anything else about 0. `None` for less than a hundredth of a second or a rate below 150 kHz.
///
/// Nothing else leaves: neither the discriminator's output nor anything from which it could be made again.
#[must_use]
pub fn pilot_over_neighbours_db(samples: &[Complex32], sample_rate_hz: f64) -> Option<f64> {
    // Not a number fails this, too.
    if !(sample_rate_hz >= RATE_LEAST_HZ && sample_rate_hz.is_finite()) {
        return None;
    }
    let piece = (sample_rate_hz * PIECE_SECONDS) as usize;
    let mut pilot = Goertzel::new(PILOT_HZ, sample_rate_hz);
    let mut neighbours = NEIGHBOURS_HZ.map(|hertz| Goertzel::new(hertz, sample_rate_hz));
    let (mut at_pilot, mut beside, mut pieces) = (0.0, 0.0, 0_u32);
    let steps = samples.iter().zip(samples.iter().skip(1)).map(|(one, next)| f64::from((next * one.conj()).arg()));
    for (at, step) in steps.enumerate() {
        // A window, so that strong programme below 15 kHz does not leak into the neighbours.
        let angle = std::f64::consts::TAU * ((at % piece) as f64 + 0.5) / piece as f64;
        let value = step * (1.0 - angle.cos());
        pilot.push(value);
        neighbours.iter_mut().for_each(|filter| filter.push(value));
        if (at + 1) % piece == 0 {
            at_pilot += pilot.take();
            beside += neighbours.iter_mut().map(Goertzel::take).sum::<f64>() / 2.0;
            pieces += 1;
        }
    }
    let ratio = at_pilot / beside;
    (pieces > 0 && ratio > 0.0 && ratio.is_finite()).then(|| 10.0 * ratio.log10())
}
