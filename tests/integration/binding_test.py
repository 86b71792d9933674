"""Which CPUs ranks are bound to, read from the running processes."""

import os
import socket
import unittest
import unittest.mock

import harness
from harness import DONE, USAGE

ALL = os.sched_getaffinity(0)
TEXT = "[run]\npublish_seconds = 0.3\n[experiments.trouble]\ntasks = 300\nmilliseconds = 10\n"
# As in a job of Slurm's that has this host to itself; mpirun is told that it is none.
WHOLE_NODE = {"SLURM_JOB_ID": "1", "SLURMD_NODENAME": socket.gethostname().split(".")[0], "SLURM_CPUS_ON_NODE": str(len(ALL)),
              "OMPI_MCA_ras": "^slurm", "OMPI_MCA_plm": "^slurm", "OMPI_MCA_ess": "^slurm"}


@unittest.skipIf(len(ALL) < 2, "there is but one CPU here")
class Ranks(harness.RunTest):
    def placed(self, ranks, threads=1, **environment):
        """Runs a job; returns the CPUs of each rank while they work, and what the run said of it."""
        with unittest.mock.patch.dict(os.environ, OMP_NUM_THREADS=str(threads), **environment):
            self.runs = getattr(self, "runs", 0) + 1
            process = self.start(self.job(TEXT), ranks, runs="runs%d" % self.runs)
            run = self.folder / ("runs%d" % self.runs) / "job"
            self.wait_for_work(run, *range(1, ranks + 1))
            found = {what: harness.allowed_cpus(pid) for pid, what in harness.processes_of(self.folder).items()
                     if what.startswith("rank")}
            self.assertEqual(self.end_of(process), DONE, self.log())
        self.assertEqual(self.status(run)["stored"], 300)
        told = self.events(run, "start")[-1]["binding"]
        return [found["rank %d" % rank] for rank in range(ranks + 1)], told

    def bound(self, ranks, cpus, told):
        self.assertEqual(cpus[0], ALL)  # the coordinator sleeps
        for rank in range(1, ranks + 1):
            self.assertTrue(cpus[rank])
            self.assertLess(cpus[rank], ALL)
            for other in range(1, rank):
                self.assertFalse(cpus[rank] & cpus[other])
        self.assertIn("ranks are bound to cores", told)
        self.assertIn(told, self.log())

    def test_have_cpus_of_their_own_when_asked(self):
        self.bound(2, *self.placed(2, REPRISE_BIND="cores"))

    def test_have_cpus_of_their_own_in_a_job_that_has_the_node(self):
        ranks = len(ALL)
        self.bound(ranks, *self.placed(ranks, **WHOLE_NODE))

    def test_that_do_not_fit_are_not_bound(self):
        for ranks, threads in ((len(ALL) + 1, 1), (2, len(ALL))):
            cpus, told = self.placed(ranks, threads, REPRISE_BIND="cores")
            self.assertEqual(cpus, [ALL] * (ranks + 1))
            self.assertIn("do not fit %d CPUs" % len(ALL), told)
            self.assertIn(told, self.log())

    def test_are_not_bound_to_what_others_may_use(self):
        other = dict(WHOLE_NODE, SLURM_CPUS_ON_NODE=str(len(ALL) - 1))
        for environment, why in (({}, "no scheduler"), (other, "Slurm gave the job"),
                                 (dict(WHOLE_NODE, REPRISE_BIND="none"), "REPRISE_BIND is none")):
            cpus, told = self.placed(len(ALL), **environment)
            self.assertEqual(cpus, [ALL] * (len(ALL) + 1))
            self.assertIn(why, told)

    def test_keep_what_is_allowed_when_that_is_little(self):
        one = min(ALL)
        os.sched_setaffinity(0, {one})
        self.addCleanup(os.sched_setaffinity, 0, ALL)
        cpus, told = self.placed(2, REPRISE_BIND="cores")
        self.assertEqual(cpus, [{one}] * 3)
        self.assertIn("2 ranks of 1 thread do not fit 1 CPU", told)

    def test_give_the_same_bits_bound_or_not(self):
        job = self.job(TEXT.replace("trouble", "mixed").replace("tasks", "draws").replace("10", "1"))
        digests = set()
        for mode in ("cores", "none"):
            with unittest.mock.patch.dict(os.environ, REPRISE_BIND=mode):
                self.run_job(job, 2, runs=mode)
            digests.add(self.digest(self.folder / mode / "job"))
        self.assertEqual(len(digests), 1)

    def test_refuse_a_mode_that_is_none(self):
        with unittest.mock.patch.dict(os.environ, REPRISE_BIND="core"):
            result = self.run_job(self.job(TEXT), 2, expect=USAGE)
        self.assertIn("it may be auto, cores or none", result.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
