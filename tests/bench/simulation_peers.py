#!/usr/bin/python3
"""Paths by circulant embedding and their zero crossings with numpy, one thread.

Prints nanoseconds of processor time a step, to put beside the CPU times of bench_simulation's circulants: the same
covariance, grid and circles of twice a path's length, or hardly longer than it.
Run as: OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 tests/bench/simulation_peers.py
"""
import sys
import time

try:
    import numpy as np
except ImportError as missing:
    print(f"skipped: {missing}; install python3-numpy to compare", file=sys.stderr)
    sys.exit(0)

STEP = 0.0625


def amplitudes(period):
    lag = STEP * np.minimum(np.arange(period), period - np.arange(period))
    eigenvalues = np.fft.fft(1 / np.cosh(np.minimum(lag, 1400) / 2)).real
    return np.sqrt(np.maximum(eigenvalues, 0) / period)


def intervals(path):
    positive = path > 0
    left = np.flatnonzero(positive[1:] != positive[:-1])
    return np.diff((left + path[left] / (path[left] - path[left + 1])) * STEP)


def simulate(random, period, points):
    scale = amplitudes(period)
    repeats = max(1, (1 << 22) // period)
    count, total = 0, 0.0
    normals = transform = 0.0
    start = time.process_time()
    for _ in range(repeats):
        before = time.process_time()
        waves = random.standard_normal(2 * period).view(np.complex128)
        between = time.process_time()
        pair = np.fft.fft(scale * waves)[:points]
        after = time.process_time()
        normals += between - before
        transform += after - between
        for path in (pair.real.copy(), pair.imag.copy()):
            found = intervals(path)
            count += len(found)
            total += found.sum()
    unit = 1e9 / (repeats * 2 * (points - 1))
    print(f"{period:8d} {points:8d} {(time.process_time() - start) * unit:10.2f} {normals * unit:8.2f} "
          f"{transform * unit:10.2f} {total / count:7.3f}", flush=True)


def main():
    random = np.random.default_rng(1)
    print(f"{'period':>8} {'points':>8} {'ns a step':>10} {'normals':>8} {'transform':>10} {'mean':>7}")
    for power in (12, 14, 16, 18):
        simulate(random, 1 << power, 1 << (power - 1))
    for power in (12, 14, 16, 18):
        simulate(random, 1 << power, (1 << power) - 1200)


if __name__ == "__main__":
    main()
