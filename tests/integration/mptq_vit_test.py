"""A greedy search gives the same bits on any number of ranks, and when it is killed in the middle and resumed."""

import json
import pathlib
import shutil
import unittest

import harness
from harness import DONE

TRAINING = """
paper = "mptq-vit"
scale = "smoke"
[run]
publish_seconds = 0.2
[experiments.uniform_bits]
models = ["smoke_p7"]
methods = ["minmax"]
bits = [8]
seeds = 1
test = 100
"""

SEARCH = TRAINING + """
[experiments.mixed_bits]
models = ["smoke_p7"]
means = [6]
searches = ["oneshot", "lazy"]
random = 1
baselines = []
seeds = 1
probes = 32
test = 200
"""


STOPS = (40, 250, 350)  # of 335 losses at first, then a few in each step of the lazy search


@unittest.skipUnless(pathlib.Path("/usr/share/datasets/fashion-mnist").is_dir(), "dataset-fashion-mnist is not installed")
class GreedySearch(harness.RunTest):
    def own_job(self, text):
        path = self.folder / "job.toml"
        path.write_text(text)
        return path

    def searched(self, run, process):
        """How many losses the search has, those of one unit lowered first."""
        if process.poll() is not None:
            return 10**9
        try:
            stages = json.loads((run / "progress.json").read_text())["stages"]
        except (OSError, ValueError, KeyError):
            return 0
        return sum(stage["done"] for stage in stages if stage["stage"] in ("sensitivity", "lazy search"))

    def test_does_not_depend_on_ranks_or_kills(self):
        self.run_job(self.own_job(TRAINING), 2, runs="trained", timeout=300)
        job = self.own_job(SEARCH)
        digests = set()
        for ranks, kills in ((1, 0), (2, 0), (4, 0), (3, 3)):
            runs = "ranks%d_%d" % (ranks, kills)
            run = self.folder / runs / "job"
            shutil.copytree(self.folder / "trained", self.folder / runs)
            for kill in range(kills):
                process = self.start(job, ranks, "--adopt", runs=runs)
                self.wait_until(lambda: self.searched(run, process) >= STOPS[kill])
                self.kill(lambda what: True)
                self.end_of(process)
                self.wait_until(lambda: not harness.processes_of(self.folder))
            self.run_job(job, ranks, "--adopt", runs=runs, timeout=300)
            digests.add(self.digest(run))
        self.assertEqual(len(digests), 1)


if __name__ == "__main__":
    unittest.main()
