#!/usr/bin/python3
"""Signals of known power, place, width and times, made by GNU Radio, to measure the measuring with.

    /usr/bin/python3 tests/radio/make_signals.py FOLDER [--seconds N] [--intervals N]

Writes SigMF recordings (signed bytes) and truth.json beside them. The messages are noise and random bits: no speech, no music.
The excerpts in tests/radio/excerpts were made with the defaults; `./test --full` makes longer ones anew. Needs Debian's gnuradio.
Two runs may differ in the last bit of a sample: how GNU Radio cuts its work into pieces is not ours to say.

What is true of each interval is taken from the signal before noise is added, by its definition and not by Welch's method: the mean
power, and the edges that leave half a percent of the whole periodogram's power out at each end.
"""

import argparse
import hashlib
import json
import math
import pathlib

import numpy
from gnuradio import analog, blocks, channels, digital, filter as filters, gr
from gnuradio.filter import firdes

CENTRE_HZ = 98_000_000
START = "2024-05-01T00:00:00Z"
FM_RATE = 600_000
BIT_RATE = 270_833
GMSK_RATE = 4 * BIT_RATE
OFDM_RATE = 1_000_000


def run(count, *chain):
    """The first samples that a chain of blocks gives."""
    graph = gr.top_block()
    head, sink = blocks.head(gr.sizeof_gr_complex, count), blocks.vector_sink_c()
    graph.connect(*chain, head, sink)
    graph.run()
    samples = numpy.array(sink.data(), dtype=numpy.complex64)
    if len(samples) != count:
        raise SystemExit(f"GNU Radio gave {len(samples)} samples and not {count}")
    return samples


def fm(count, pilot, seed):
    """A carrier whose frequency follows noise of 15 kHz width, 25 kHz at one sigma; a pilot swings it by 6.75 kHz more."""
    graph = gr.top_block()
    low_pass = firdes.low_pass(1.0, FM_RATE, 15e3, 3e3)
    smoothed = math.sqrt(sum(tap * tap for tap in low_pass))
    message = analog.noise_source_f(analog.GR_GAUSSIAN, 25e3 / smoothed, seed)
    modulator = analog.frequency_modulator_fc(2 * math.pi / FM_RATE)
    head, sink = blocks.head(gr.sizeof_gr_complex, count), blocks.vector_sink_c()
    if pilot:
        both = blocks.add_ff()
        graph.connect(message, filters.fir_filter_fff(1, low_pass), (both, 0))
        graph.connect(analog.sig_source_f(FM_RATE, analog.GR_COS_WAVE, 19e3, 6.75e3), (both, 1))
        graph.connect(both, modulator)
    else:
        graph.connect(message, filters.fir_filter_fff(1, low_pass), modulator)
    graph.connect(modulator, head, sink)
    graph.run()
    return numpy.array(sink.data(), dtype=numpy.complex64)


def random_bytes(seed):
    bits = numpy.random.default_rng(seed).integers(0, 256, 96 * 2_000, dtype=numpy.uint8)
    return blocks.vector_source_b(bits.tolist(), True)


def gmsk(count, seed):
    """GSM's modulation (BT 0.3) at GSM's rate, without its bursts."""
    return run(count, random_bytes(seed), digital.gmsk_mod(samples_per_symbol=4, bt=0.3))


def ofdm(count, seed):
    """52 carriers of 64 at 250 kS/s, raised to four times the rate."""
    tagged = blocks.stream_to_tagged_stream(gr.sizeof_char, 1, 96, "packet_length")
    raised = filters.rational_resampler_ccc(interpolation=4, decimation=1)
    return run(count, random_bytes(seed), tagged, digital.ofdm_tx(packet_length_tag_key="packet_length"), raised)


def faded(samples, rate, doppler_hz, line_of_sight, seed):
    """The samples behind a flat fading channel; K = 4 where there is a line of sight."""
    channel = channels.fading_model(8, doppler_hz / rate, line_of_sight, 4.0, seed)
    return run(len(samples), blocks.vector_source_c(samples.tolist()), channel)


def intervals(count, wanted):
    """When it is on, in samples, half-open: away from any round fraction, so that no edge falls on a block of the measurement."""
    whole = count / wanted
    return [(int((turn + 0.2137) * whole), int((turn + 0.8391) * whole)) for turn in range(wanted)]


def true_of(samples, rate, span):
    """What is true of the signal without noise within an interval."""
    part = samples[span[0] : span[1]].astype(numpy.complex128)
    power = numpy.abs(numpy.fft.fftshift(numpy.fft.fft(part))) ** 2
    reached = numpy.concatenate([[0.0], numpy.cumsum(power)]) / power.sum()
    places = (numpy.arange(len(part) + 1) - 0.5 - len(part) // 2) * rate / len(part)
    low, high = numpy.interp([0.005, 0.995], reached, places)
    return {
        "from_sample": span[0],
        "until_sample": span[1],
        "level_dbfs": 10 * math.log10(numpy.mean(numpy.abs(part) ** 2)),
        "centre_hz": CENTRE_HZ + (low + high) / 2,
        "bandwidth_99_hz": high - low,
    }


def record(folder, name, samples, rate, offset_hz, level_db, noise_db, spans, seed):
    """Brings the signal to its level and place, lets it on and off, adds noise, writes it, and says what is true of it."""
    on = numpy.zeros(len(samples), dtype=numpy.float32)
    for first, end in spans:
        on[first:end] = 1.0
    power = numpy.mean(numpy.abs(samples[on > 0]).astype(numpy.float64) ** 2)
    gain = math.sqrt(10 ** (level_db / 10) / power)
    placed = run(len(samples), blocks.vector_source_c((samples * gain).tolist()), blocks.rotator_cc(2 * math.pi * offset_hz / rate))
    placed *= on
    graph = gr.top_block()
    both, sink = blocks.add_cc(), blocks.vector_sink_c()
    graph.connect(blocks.vector_source_c(placed.tolist()), (both, 0))
    # The amplitude is that of the whole complex sample (GR_GAUSSIAN gives each part half of the power).
    graph.connect(analog.noise_source_c(analog.GR_GAUSSIAN, 10 ** (noise_db / 20), seed), (both, 1))
    graph.connect(both, blocks.head(gr.sizeof_gr_complex, len(samples)), sink)
    graph.run()
    noisy = numpy.array(sink.data(), dtype=numpy.complex64)
    bytes_ = numpy.clip(numpy.rint(noisy.view(numpy.float32) * 128), -128, 127).astype(numpy.int8).tobytes()
    # What was added to the signal: the noise, and the rounding to bytes.
    added = numpy.frombuffer(bytes_, dtype=numpy.int8).astype(numpy.float64) / 128 - placed.view(numpy.float32)
    (folder / f"{name}.sigmf-data").write_bytes(bytes_)
    meta = {
        "global": {
            "core:datatype": "ci8",
            "core:version": "1.2.5",
            "core:sample_rate": rate,
            "core:sha512": hashlib.sha512(bytes_).hexdigest(),
            "core:description": "made by tests/radio/make_signals.py",
        },
        "captures": [{"core:sample_start": 0, "core:frequency": CENTRE_HZ, "core:datetime": START}],
        "annotations": [],
    }
    (folder / f"{name}.sigmf-meta").write_text(json.dumps(meta, indent=1) + "\n")
    return {
        "name": name,
        "sample_rate_hz": rate,
        "carrier_hz": CENTRE_HZ + offset_hz,
        "noise_dbfs_per_hz": 10 * math.log10(2 * numpy.mean(added**2) / rate),
        "on": [true_of(placed, rate, span) for span in spans],
    }


def main():
    wanted = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wanted.add_argument("folder", type=pathlib.Path)
    wanted.add_argument("--seconds", type=float, default=0.2)
    wanted.add_argument("--intervals", type=int, default=1)
    asked = wanted.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)

    def size(rate):
        # Whole thousands: GNU Radio works in steps of a few samples and drops a rest.
        return int(asked.seconds * rate) // 1000 * 1000

    plain, bursts = fm(size(FM_RATE), False, 11), gmsk(size(GMSK_RATE), 13)
    made = [
        # name, samples, rate, offset in Hz, level and noise in dB relative to full scale, seed of the noise
        ("fm", plain, FM_RATE, 91_300, -20, -42, 21),
        ("fm-pilot", fm(size(FM_RATE), True, 12), FM_RATE, -87_900, -26, -45, 22),
        ("gmsk", bursts, GMSK_RATE, 151_700, -22, -40, 23),
        ("ofdm", ofdm(size(OFDM_RATE), 14), OFDM_RATE, -203_100, -24, -42, 24),
        ("fading-gmsk", faded(bursts, GMSK_RATE, 60, False, 15), GMSK_RATE, -120_400, -22, -45, 25),
        ("fading-fm", faded(plain, FM_RATE, 40, True, 16), FM_RATE, 64_600, -22, -45, 26),
    ]
    truth = []
    for name, samples, rate, offset_hz, level_db, noise_db, seed in made:
        spans = intervals(len(samples), asked.intervals)
        truth.append(record(asked.folder, name, samples, rate, offset_hz, level_db, noise_db, spans, seed))
        print(f"{name}: {len(samples)} samples")
    (asked.folder / "truth.json").write_text(json.dumps(truth, indent=1) + "\n")


if __name__ == "__main__":
    main()
