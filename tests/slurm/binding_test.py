"""Which CPUs the ranks of a job are bound to. The nodes are two names for one machine, which the program finds out."""

import os
import unittest

import cluster
import harness

ALL = os.sched_getaffinity(0)


@unittest.skipIf(len(ALL) < 2, "there is but one CPU here")
class Binding(cluster.SlurmTest):
    def placed(self, *options, mode=""):
        """Submits a job to both nodes; returns the CPUs of each rank while it works, and what the run said of it."""
        self.cluster.environment["REPRISE_BIND"] = mode
        self.addCleanup(self.cluster.environment.pop, "REPRISE_BIND", None)
        (number,) = self.submit(self.job(self.WORK), "--nodes", 2, "--time", 5, *options)
        run = self.folder / "runs/job"
        self.wait_stored(run)
        self.assertIn("NodeList=node[1-2]", self.cluster.call("scontrol", "show", "job", number).stdout)
        cpus = {what: harness.allowed_cpus(pid) for pid, what in harness.processes_of(self.folder).items()
                if what.startswith("rank")}
        told = self.events(run, "start")[-1]["binding"]
        self.wait_until(lambda: told in self.logs())
        self.wait_complete(run)
        self.assertEqual(cpus.pop("rank 0"), ALL)
        return [cpus[rank] for rank in sorted(cpus)], told

    def test_leaves_nodes_alone_that_may_be_one_machine(self):
        cpus, told = self.placed("--ntasks-per-node", 1)
        self.assertEqual(cpus, [ALL, ALL])
        self.assertIn("Slurm's node and its host have different names", told)

    def test_when_asked_for_gives_ranks_of_two_nodes_on_one_machine_different_cpus(self):
        cpus, told = self.placed("--ntasks-per-node", 1, mode="cores")
        self.assertEqual(len(cpus), 2)
        self.assertFalse(cpus[0] & cpus[1])
        self.assertTrue(cpus[0] and cpus[1])
        self.assertIn(": 2 ranks of 1 thread on ", told)

    def test_goes_by_the_threads_of_a_task(self):
        cpus, told = self.placed("--ntasks-per-node", 1, "--cpus-per-task", len(ALL), mode="cores")
        self.assertEqual(cpus, [ALL, ALL])
        self.assertIn("2 ranks of %d threads do not fit %d CPUs" % (len(ALL), len(ALL)), told)


if __name__ == "__main__":
    unittest.main(verbosity=2)
