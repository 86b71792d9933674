"""Nodes that go away under a job, and jobs that come before it."""

import time
import unittest

import cluster


class Nodes(cluster.SlurmTest):
    def begin(self, *options, nodes=2):
        job = self.job(self.WORK)
        expected = self.expected(job)
        numbers = self.submit(job, "--nodes", nodes, "--ntasks-per-node", 1, "--time", 10, *options)
        run = self.folder / "runs/job"
        self.wait_stored(run)
        return job, expected, numbers, run

    def node_is(self, node, *words):
        state = self.cluster.call("sinfo", "-h", "-N", "-n", "node%d" % node, "-p", "work", "-o", "%T").stdout
        return any(word in state for word in words)

    def lose(self, node, *how):
        self.assertEqual(self.cluster.command("kill-node", str(node), *how).returncode, 0)
        self.wait_until(lambda: self.node_is(node, "down"), timeout=90, every=0.5)
        result = self.cluster.command("start-node", str(node))
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_that_crash_are_survived(self):
        _, expected, (number,), run = self.begin()
        self.lose(2)
        self.wait_complete(run)
        self.check(run, expected)

    def test_that_crash_under_the_batch_script_are_survived(self):
        _, expected, (number,), run = self.begin()
        self.lose(1)
        self.wait_complete(run)
        self.check(run, expected)

    def test_that_are_cut_off_are_survived(self):
        # What is left of the job on the node goes on unseen, until it finds that the run has another holder.
        _, expected, (number,), run = self.begin(nodes=1)
        node = 1 if "NodeList=node1" in self.cluster.call("scontrol", "show", "job", number).stdout else 2
        self.lose(node, "--slurmd")
        self.wait_complete(run)
        self.check(run, expected)


class Preemption(Nodes):
    def preempt(self, number):
        urgent = self.cluster.call("sbatch", "--parsable", "-p", "urgent", "--nodes=2", "--exclusive", "-o", "/dev/null",
                                   "--wrap", "sleep 3").stdout.strip()
        self.wait_until(lambda: self.in_queue(number) != "RUNNING" or self.in_queue(urgent) == "RUNNING", timeout=90)
        self.wait_until(lambda: not self.in_queue(urgent), timeout=90)

    test_that_crash_are_survived = None
    test_that_crash_under_the_batch_script_are_survived = None
    test_that_are_cut_off_are_survived = None

    def test_with_requeueing_goes_on(self):
        _, expected, (number,), run = self.begin("--partition", "work")
        self.preempt(number)
        self.wait_complete(run)
        self.check(run, expected)

    def test_with_cancelling_needs_one_command(self):
        job, expected, (number,), run = self.begin("--partition", "cancel", nodes=1)
        self.preempt(number)
        if self.state(run) != "complete" and not self.in_queue(number):
            self.submit(job, "--nodes", 1, "--ntasks-per-node", 1, "--time", 10, "--wait")
        self.wait_complete(run)
        self.check(run, expected)

    def test_with_cancelling_of_a_chain_needs_none(self):
        _, expected, numbers, run = self.begin("--partition", "cancel", "--chain", 3)
        self.preempt(numbers[0])
        self.wait_complete(run)
        self.check(run, expected)


class WarnedPreemption(Preemption):
    """Where the site has preempt_send_user_signal."""

    OPTIONS = ("--set", "SlurmctldParameters=preempt_send_user_signal")
    test_with_cancelling_needs_one_command = None

    def test_with_requeueing_goes_on(self):
        super().test_with_requeueing_goes_on()


if __name__ == "__main__":
    unittest.main(verbosity=2)
