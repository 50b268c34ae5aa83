//! Power spectral density by Welch's method, streamed: memory stays that of one segment, however long the recording.
//!
//! S(f) = |FFT(w x)|^2 / (fs sum w^2), averaged over the segments. Values are relative to full scale (a complex tone of amplitude 1
//! has the power 1) until a calibration says otherwise; they are never dBm here.

mod convert;
mod spectrum;

use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

pub use spectrum::Spectrum;

use crate::read::iq::Encoding;
use crate::spectra_fault::SpectraFault;
use crate::window::Window;

/// Fewest bins: below, a window's main lobe is wider than the spectrum.
pub const BINS_LEAST: usize = 16;
/// Most bins: four million are 0.6 Hz apart at 2.4 MS/s.
pub const BINS_MOST: usize = 1 << 22;

/// Segments summed in single precision before they move to double: few enough that rounding stays below 1e-5.
const SINGLE_PRECISION_SEGMENTS: u64 = 64;

/// How a spectrum is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Complex samples per second, in Hz.
    pub sample_rate_hz: f64,
    /// Frequency that the receiver was tuned to, in Hz.
    pub centre_hz: f64,
    /// Samples in a segment, which is also the number of bins.
    pub bins: usize,
    /// Weighting of the segment.
    pub window: Window,
    /// Samples that a segment shares with the next; less than `bins`.
    pub overlap: usize,
    /// Segments averaged into one spectrum; `None` averages all that comes.
    pub segments: Option<u64>,
}

/// Welch's method over blocks of samples as they arrive.
pub struct Welch {
    settings: Settings,
    encoding: Encoding,
    fft: Arc<dyn Fft<f32>>,
    arch: pulp::Arch,
    weights: Vec<f32>,
    weights_energy: f64,
    work: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    /// Squares of the real and imaginary parts, side by side: adding them up once per spectrum is quicker than per segment.
    squares: Vec<f32>,
    sums: Vec<f64>,
    in_squares: u64,
    in_sums: u64,
    carry: Vec<u8>,
    first_sample: u64,
    next_sample: u64,
    end_sample: u64,
    refused_segments: u64,
}

impl Welch {
    /// Prepares the method for samples stored in one way.
    ///
    /// # Errors
    /// When the sample rate, the centre, the number of bins, the overlap or the number of segments is not usable.
    pub fn new(settings: Settings, encoding: Encoding) -> Result<Self, SpectraFault> {
        check(&settings)?;
        let weights = settings.window.weights(settings.bins);
        let weights_energy = weights.iter().map(|weight| weight * weight).sum();
        let scale = encoding.scale();
        let fft = FftPlanner::new().plan_fft_forward(settings.bins);
        let none = Complex::new(0.0, 0.0);
        Ok(Self {
            encoding,
            arch: pulp::Arch::new(),
            weights: weights.iter().flat_map(|weight| [(weight * scale) as f32; 2]).collect(),
            weights_energy,
            work: vec![none; settings.bins],
            scratch: vec![none; fft.get_inplace_scratch_len()],
            squares: vec![0.0; settings.bins * 2],
            sums: vec![0.0; settings.bins * 2],
            in_squares: 0,
            in_sums: 0,
            carry: Vec::with_capacity(settings.bins * encoding.sample_bytes()),
            first_sample: 0,
            next_sample: 0,
            end_sample: 0,
            refused_segments: 0,
            fft,
            settings,
        })
    }

    /// Takes the next bytes of the recording, cut anywhere, and hands each finished spectrum to `sink`.
    pub fn push_bytes(&mut self, bytes: &[u8], sink: &mut dyn FnMut(Spectrum)) {
        let sample = self.encoding.sample_bytes();
        let (segment, hop) = (self.settings.bins * sample, self.hop() * sample);
        let mut rest = bytes;
        while !self.carry.is_empty() {
            let missing = segment.saturating_sub(self.carry.len());
            let Some((head, tail)) = rest.split_at_checked(missing) else {
                self.carry.extend_from_slice(rest);
                return;
            };
            let carry_before = self.carry.len();
            self.carry.extend_from_slice(head);
            let carried = std::mem::take(&mut self.carry);
            self.segment(&carried, sink);
            self.carry = carried;
            if hop >= carry_before {
                // What remains came wholly from this block: go on inside the block itself.
                self.carry.clear();
                rest = rest.get(hop - carry_before..).unwrap_or_default();
            } else {
                self.carry.drain(..hop);
                rest = tail;
            }
        }
        while let Some(one) = rest.get(..segment) {
            self.segment(one, sink);
            rest = rest.get(hop..).unwrap_or_default();
        }
        self.carry.extend_from_slice(rest);
    }

    /// Takes the next complex samples; only for a method made for [`Encoding::CF32_LE`].
    ///
    /// # Errors
    /// When the method was made for another encoding: half a segment of each would be mixed.
    pub fn push_complex(
        &mut self,
        samples: &[Complex<f32>],
        sink: &mut dyn FnMut(Spectrum),
    ) -> Result<(), SpectraFault> {
        if self.encoding != Encoding::CF32_LE {
            return Err(SpectraFault::Format { made_for: self.encoding.name() });
        }
        if cfg!(target_endian = "little") {
            self.push_bytes(bytemuck::cast_slice(convert::flat(samples)), sink);
        } else {
            let bytes: Vec<u8> = samples.iter().flat_map(|one| [one.re, one.im]).flat_map(f32::to_le_bytes).collect();
            self.push_bytes(&bytes, sink);
        }
        Ok(())
    }

    /// Ends the recording: the mean of the segments since the last spectrum that was handed out.
    ///
    /// # Errors
    /// When not one usable segment came since.
    pub fn finish(mut self) -> Result<Spectrum, SpectraFault> {
        let (samples, needed, refused) =
            (self.next_sample - self.first_sample + self.carried_samples(), self.settings.bins, self.refused_segments);
        self.take().ok_or(SpectraFault::NoSpectrum { samples, needed, refused })
    }

    /// Segments left out because they held NaN or infinity.
    #[must_use]
    pub fn refused_segments(&self) -> u64 {
        self.refused_segments
    }

    fn carried_samples(&self) -> u64 {
        (self.carry.len() / self.encoding.sample_bytes()) as u64
    }

    fn hop(&self) -> usize {
        self.settings.bins - self.settings.overlap
    }

    fn segment(&mut self, bytes: &[u8], sink: &mut dyn FnMut(Spectrum)) {
        self.end_sample = self.next_sample + self.settings.bins as u64;
        self.next_sample += self.hop() as u64;
        convert::weigh(self.encoding, self.arch, bytes, &self.weights, convert::flat_mut(&mut self.work));
        self.fft.process_with_scratch(&mut self.work, &mut self.scratch);
        // The bin at the centre is the sum of all samples, so one sample that is not a number shows there.
        if !self.work.first().is_some_and(|sum| sum.re.is_finite() && sum.im.is_finite()) {
            self.refused_segments += 1;
            return;
        }
        convert::add_squares(self.arch, convert::flat(&self.work), &mut self.squares);
        self.in_squares += 1;
        if self.in_squares == SINGLE_PRECISION_SEGMENTS {
            self.fold();
        }
        if self.settings.segments.is_some_and(|wanted| self.in_squares + self.in_sums >= wanted)
            && let Some(spectrum) = self.take()
        {
            sink(spectrum);
        }
    }

    fn fold(&mut self) {
        for (sum, square) in self.sums.iter_mut().zip(&mut self.squares) {
            *sum += f64::from(std::mem::take(square));
        }
        self.in_sums += std::mem::take(&mut self.in_squares);
    }

    fn take(&mut self) -> Option<Spectrum> {
        self.fold();
        let segments = std::mem::take(&mut self.in_sums);
        let first_sample = std::mem::replace(&mut self.first_sample, self.next_sample);
        if segments == 0 {
            return None;
        }
        let settings = self.settings;
        let scale = 1.0 / (segments as f64 * settings.sample_rate_hz * self.weights_energy);
        let mut power_per_hz: Vec<f64> =
            self.sums.chunks_exact(2).map(|pair| pair.iter().sum::<f64>() * scale).collect();
        power_per_hz.rotate_left(settings.bins - settings.bins / 2);
        self.sums.fill(0.0);
        Some(Spectrum {
            sample_rate_hz: settings.sample_rate_hz,
            centre_hz: settings.centre_hz,
            window: settings.window,
            segments,
            looks: settings.window.effective_looks(segments, settings.bins, self.hop()),
            first_sample,
            end_sample: self.end_sample,
            power_per_hz,
        })
    }
}

fn check(settings: &Settings) -> Result<(), SpectraFault> {
    let Settings { sample_rate_hz, centre_hz, bins, overlap, segments, .. } = *settings;
    if !(sample_rate_hz.is_finite() && sample_rate_hz > 0.0) {
        return Err(SpectraFault::SampleRate { hertz: sample_rate_hz });
    }
    if !(centre_hz.is_finite() && centre_hz >= 0.0) {
        return Err(SpectraFault::Centre { hertz: centre_hz });
    }
    if !(BINS_LEAST..=BINS_MOST).contains(&bins) {
        return Err(SpectraFault::Bins { bins, least: BINS_LEAST, most: BINS_MOST });
    }
    if overlap >= bins {
        return Err(SpectraFault::Overlap { overlap, bins });
    }
    if segments == Some(0) {
        return Err(SpectraFault::Looks { looks: 0.0 });
    }
    Ok(())
}
