"""The peer of SciPy: `scipy.signal.welch` over a file of unsigned bytes.

Prints seconds, processor seconds and the power; imports are not counted.
"""

import sys
import time

import numpy
import scipy.signal

path, bins = sys.argv[1], int(sys.argv[2])
start, before = time.perf_counter(), time.process_time()
raw = numpy.fromfile(path, dtype=numpy.uint8).astype(numpy.float32)
raw -= 127.5
raw /= 127.5
_, density = scipy.signal.welch(
    raw.view(numpy.complex64), fs=1.0, window="hann", nperseg=bins, noverlap=0, detrend=False, return_onesided=False
)
seconds, processor = time.perf_counter() - start, time.process_time() - before
print(seconds, processor, float(density.sum()) / bins)
