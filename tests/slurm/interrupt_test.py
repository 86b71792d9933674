"""Jobs that are interrupted, by the time limit, by hand or by what kills processes."""

import os
import pathlib
import signal
import time
import unittest

import cluster
import harness
from harness import INTERRUPTED


class TimeLimit(cluster.SlurmTest):
    def test_too_short_by_far_is_gone_on_after_by_itself(self):
        # Tasks of four seconds, a minute's limit of which the last 55 seconds are warned of: about twenty tasks an allocation.
        job = self.job("[run]\npublish_seconds = 0.5\n[experiments.trouble]\ntasks = 54\nmilliseconds = 4000\n")
        run = self.folder / "runs/job"
        (number,) = self.submit(job, "--ntasks", 2, "--time", 1, "--profile", self.profile("warning_seconds = 55\n"))
        self.wait_complete(run, timeout=300)
        self.assertGreaterEqual(len(self.events(run, "requeue")), 2, self.logs())
        # What would not have fitted was not begun, so no task was cut short: none ran in vain.
        self.assertEqual(sum(event["executed"] for event in self.events(run, "end")), 54)
        unbroken = self.job("[run]\npublish_seconds = 0.5\n[experiments.trouble]\ntasks = 54\nmilliseconds = 4000\n", "unbroken")
        self.run_job(unbroken, 54, runs="local")
        self.check(run, self.digest(self.folder / "local/unbroken"))
        self.assertIn("requeued", self.call("status", run).stdout)


class Interruptions(cluster.SlurmTest):
    def begin(self, *options):
        job = self.job(self.WORK)
        expected = self.expected(job)
        numbers = self.submit(job, "--nodes", 2, "--ntasks-per-node", 1, "--time", 10, *options)
        run = self.folder / "runs/job"
        self.wait_stored(run)
        return job, expected, numbers, run

    def test_requeue_by_hand_goes_on(self):
        _, expected, (number,), run = self.begin()
        self.cluster.call("scontrol", "requeue", number)
        self.wait_complete(run)
        self.check(run, expected)
        self.assertGreaterEqual(len(self.events(run, "start")), 2)

    def test_a_warning_finishes_what_fits_and_requeues(self):
        _, expected, (number,), run = self.begin("--profile", self.profile("warning_seconds = 5\n"))
        self.cluster.call("scancel", "--batch", "--signal=USR1", number)
        self.wait_complete(run)
        self.check(run, expected)
        self.assertEqual(len(self.events(run, "requeue")), 1, self.logs())
        self.assertEqual(self.events(run, "end")[0]["exit_code"], INTERRUPTED)

    def test_scancel_means_stop_and_submitting_again_goes_on(self):
        job, expected, (number,), run = self.begin()
        self.cluster.call("scancel", number)
        self.wait_until(lambda: not self.in_queue(number), timeout=60)
        time.sleep(2)
        stored = self.status(run)["stored"]
        self.assertGreaterEqual(stored, 20)
        self.assertFalse(self.events(run, "requeue"))
        self.assertIn(self.state(run), ("interrupted", "crashed"))
        self.submit(job, "--nodes", 2, "--ntasks-per-node", 1, "--time", 10, "--wait")
        self.assertGreaterEqual(self.events(run, "start")[-1]["stored"], stored)
        self.check(run, expected)

    def test_a_killed_rank_costs_its_task(self):
        _, expected, _, run = self.begin()
        self.assertEqual(self.kill(lambda what: what == "rank 2"), 1)
        self.wait_complete(run)
        self.check(run, expected)
        self.assertEqual(len(self.events(run, "start")), 1, self.logs())
        self.assertEqual(len(self.events(run, "rank_lost")), 1)

    def test_a_killed_step_daemon_is_survived(self):
        _, expected, (number,), run = self.begin()
        # mpirun's daemons on the nodes, which Slurm started as a step of the job.
        daemons = []
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                name = (entry / "comm").read_text().strip()
                environment = (entry / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if name == "orted" and ("SLURM_JOB_ID=" + number).encode() in environment and \
                    ("SLURM_CONF=" + self.cluster.environment["SLURM_CONF"]).encode() in environment:
                daemons.append(int(entry.name))
        self.assertTrue(daemons)
        os.kill(max(daemons), signal.SIGKILL)
        self.wait_complete(run)
        self.check(run, expected)

    def test_mpirun_killed_is_survived(self):
        _, expected, _, run = self.begin()
        self.assertEqual(self.kill(lambda what: what == "mpirun"), 1)
        self.wait_complete(run)
        self.check(run, expected)

    def without_scontrol(self):
        """A folder of all programs but scontrol, as the PATH of a job."""
        programs = self.folder / "programs"
        programs.mkdir()
        for folder in ("/usr/sbin", "/usr/bin", "/sbin", "/bin"):
            for program in pathlib.Path(folder).iterdir():
                link = programs / program.name
                if program.name != "scontrol" and not link.exists():
                    link.symlink_to(program)
        return 'setup = ["export PATH=%s"]\nwarning_seconds = 5\n' % programs

    def test_without_scontrol_a_job_says_that_it_cannot_requeue_itself(self):
        job, expected, (number,), run = self.begin("--profile", self.profile(self.without_scontrol()))
        self.cluster.call("scancel", "--batch", "--signal=USR1", number)
        self.wait_until(lambda: not self.in_queue(number), timeout=60)
        self.assertIn("there is no scontrol on this node", self.call("status", run).stdout)
        self.submit(job, "--nodes", 2, "--ntasks-per-node", 1, "--time", 10, "--wait")
        self.check(run, expected)

    def test_without_scontrol_a_chain_goes_on(self):
        _, expected, numbers, run = self.begin("--profile", self.profile(self.without_scontrol()), "--chain", 3)
        self.cluster.call("scancel", "--batch", "--signal=USR1", numbers[0])
        self.wait_complete(run)
        self.check(run, expected)

    def test_a_chain_whose_first_links_die_goes_on(self):
        _, expected, numbers, run = self.begin("--chain", 4)
        self.cluster.call("scancel", numbers[0])
        self.wait_until(lambda: len(self.events(run, "start")) == 2, timeout=60)
        self.kill(lambda what: True)  # everything of the second at once
        self.wait_complete(run)
        self.check(run, expected)
        self.wait_until(lambda: not any(self.in_queue(number) for number in numbers), timeout=60)


if __name__ == "__main__":
    unittest.main(verbosity=2)
