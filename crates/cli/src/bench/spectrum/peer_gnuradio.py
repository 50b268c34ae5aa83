"""The peer of GNU Radio: the spectral density of a file of unsigned bytes by an ordinary flow graph. Prints seconds, processor seconds and the power.

file -> float -> less the middle, to full scale -> I and Q -> complex -> vectors -> FFT with a Hann window -> squares -> sum -> sink.
Built of Debian's own blocks, scheduled as GNU Radio does by default (each block in a thread of its own); the FFT has one thread. All
threads share one processor, as our one thread has one: what is compared is the work, not the number of processors.
The start of the interpreter and the making of the graph are not counted.
"""

import os
import sys
import time

from gnuradio import blocks, fft, gr
from gnuradio.fft import window

os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
path, bins, segments = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
weights = window.hann(bins)
graph = gr.top_block()
source = blocks.file_source(gr.sizeof_char, path, False)
split = blocks.deinterleave(gr.sizeof_float)
paired = blocks.float_to_complex()
sink = blocks.vector_sink_f(bins)
graph.connect(source, blocks.uchar_to_float(), blocks.add_const_ff(-127.5), blocks.multiply_const_ff(1 / 127.5), split)
graph.connect((split, 0), (paired, 0))
graph.connect((split, 1), (paired, 1))
graph.connect(
    paired,
    blocks.stream_to_vector(gr.sizeof_gr_complex, bins),
    fft.fft_vcc(bins, True, weights, True, 1),
    blocks.complex_to_mag_squared(bins),
    blocks.integrate_ff(segments, bins),
    sink,
)
start, before = time.perf_counter(), time.process_time()
graph.run()
seconds, processor = time.perf_counter() - start, time.process_time() - before
density = sink.data()
if len(density) != bins:
    raise SystemExit(f"the graph gave {len(density)} bins and not {bins}")
print(seconds, processor, sum(density) / segments / sum(weight * weight for weight in weights) / bins)
