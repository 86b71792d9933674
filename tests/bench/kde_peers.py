#!/usr/bin/python3
"""Log density at many bandwidths with scikit-learn's KernelDensity and with chunked numpy, one thread.

Prints nanoseconds of processor time a pair of query and point, all bandwidths together, to put beside the CPU
times of bench_kde: others on the machine then hardly matter.
Debian's numpy multiplies with the reference BLAS unless libopenblas0 is installed, which is an easy win and no peer.
Run as: OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 tests/bench/kde_peers.py
"""
import sys
import time

try:
    import numpy as np
    from sklearn.neighbors import KernelDensity
except ImportError as missing:
    print(f"skipped: {missing}; install python3-sklearn to compare", file=sys.stderr)
    sys.exit(0)

POINTS, QUERIES, CHUNK = 16384, 256, 64


def numpy_chunks(queries, points, bandwidths):
    result = np.empty((len(queries), len(bandwidths)), dtype=np.float32)
    norms = (points * points).sum(axis=1)
    for start in range(0, len(queries), CHUNK):
        x = queries[start:start + CHUNK]
        distance = (x * x).sum(axis=1)[:, None] + norms - 2 * x @ points.T
        least = distance.min(axis=1)
        distance -= least[:, None]
        for k, h in enumerate(bandwidths):
            precision = np.float32(0.5 / h**2)
            result[start:start + CHUNK, k] = np.log(np.exp(distance * -precision).sum(axis=1)) - least * precision
    return result


def scikit_learn(queries, points, bandwidths):
    return np.stack([KernelDensity(bandwidth=h).fit(points).score_samples(queries) for h in bandwidths], axis=1)


def nanoseconds(run, queries, points, bandwidths):
    start = time.process_time()
    run(queries, points, bandwidths)
    return 1e9 * (time.process_time() - start) / (len(queries) * len(points))


def main():
    random = np.random.default_rng(1)
    print(f"{'d':>4} {'bandwidths':>10} {'numpy ns/pair':>14} {'scikit-learn ns/pair':>21}")
    for dim in (10, 20, 64, 784):
        points = random.standard_normal((POINTS, dim), dtype=np.float32)
        queries = random.standard_normal((QUERIES, dim), dtype=np.float32)
        for bandwidths in ([0.65], [2.6 * 2 ** (-k / 8) for k in range(32)]):
            theirs = nanoseconds(numpy_chunks, queries, points, bandwidths)
            few = queries[:32]  # it is slow
            peer = nanoseconds(scikit_learn, few, points, bandwidths if dim < 100 else bandwidths[:4])
            scale = len(bandwidths) / (4 if dim >= 100 and len(bandwidths) > 4 else len(bandwidths))
            print(f"{dim:4d} {len(bandwidths):10d} {theirs:14.2f} {peer * scale:21.2f}", flush=True)


if __name__ == "__main__":
    main()
