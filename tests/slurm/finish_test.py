"""Jobs that are left alone, and submissions that are wrong."""

import os
import time
import unittest

import cluster
from harness import DONE, INTERRUPTED, USAGE


class Finishing(cluster.SlurmTest):
    def test_on_two_nodes_gives_the_bits_of_a_local_run(self):
        job = self.job(self.WORK)
        expected = self.expected(job)
        (number,) = self.submit(job, "--nodes", 2, "--ntasks-per-node", 2, "--time", 5)
        run = self.folder / "runs/job"
        self.wait_stored(run)
        self.assertIn("NodeList=node[1-2]", self.cluster.call("scontrol", "show", "job", number).stdout)
        status = self.status(run)
        self.assertEqual(status["holder"]["job_id"], number)
        self.assertEqual(status["holder"]["ranks"], 4)
        self.assertEqual(status["slurm"][0]["state"], "RUNNING")
        self.assertTrue(status["slurm"][0]["time_left"])
        self.wait_complete(run)
        self.check(run, expected)
        self.assertEqual(len(self.events(run, "start")), 1)
        self.assertEqual(self.call("report", run, "-o", self.folder / "report").returncode, DONE)
        self.assertTrue((self.folder / "report/index.html").exists())

    def test_as_an_array_of_jobs_and_of_experiments_gives_one_report(self):
        jobs = [self.job("seed = %d\n" % seed + self.WORK.replace("300", "40"), "seed%d" % seed) for seed in (1, 2)]
        result = self.submit(jobs[0], jobs[1], "--array", "--ntasks", 1, "--time", 5, "--wait")
        self.submit(jobs[0], "--array", "--ntasks", 1, "--time", 5, "--wait")
        runs = [self.folder / "runs" / name for name in ("seed1", "seed2", "seed1-mixed", "seed1-long")]
        for run in runs:
            self.assertEqual(self.state(run), "complete", self.logs())
        self.assertEqual(self.digest(runs[0]), self.expected(jobs[0]))
        self.assertEqual(self.call("report", *runs, "-o", self.folder / "report").returncode, DONE)
        page = (self.folder / "report/index.html").read_text()
        for name in ("Mixed tasks", "Long tasks"):
            self.assertIn(name, page)

    def test_of_a_chain_leaves_nothing_for_the_rest_to_do(self):
        job = self.job(self.WORK.replace("300", "40"))
        expected = self.expected(job)
        numbers = self.submit(job, "--chain", 3, "--ntasks", 2, "--time", 5)
        self.assertEqual(len(numbers), 3)
        self.wait_until(lambda: not any(self.in_queue(number) for number in numbers), timeout=120, every=0.3)
        run = self.folder / "runs/job"
        self.check(run, expected)
        self.assertEqual(len(self.events(run, "start")), 1)  # the others left at once

    def test_waits_when_asked_and_tells_what_came_of_it(self):
        job = self.job("[experiments.trouble]\ntasks = 5\nthrowing = [3]\n")
        result = self.submit(job, "--ntasks", 1, "--time", 5, "--wait", expect=1)


class Submissions(cluster.SlurmTest):
    OPTIONS = ("--set", "EnforcePartLimits=ALL")

    def refused(self, *words, **environment):
        job = self.job(self.WORK)
        before = dict(self.cluster.environment)
        self.cluster.environment.update(environment)
        try:
            result = self.call("submit", job, "--runs", self.folder / "runs", *words)
        finally:
            self.cluster.environment.clear()
            self.cluster.environment.update(before)
        self.assertEqual(result.returncode, USAGE, result.stdout + result.stderr)
        return result.stderr

    def test_to_a_partition_that_is_not_there(self):
        told = self.refused("--partition", "wrok", "--ntasks", 1)
        self.assertIn("invalid partition", told)
        self.assertIn("Partitions here: cancel, urgent, work", told)

    def test_with_more_than_the_cluster_has(self):
        self.assertIn("sbatch did not take the job", self.refused("--nodes", 100))

    def test_without_slurm(self):
        folder = self.folder / "bin"
        folder.mkdir()
        told = self.refused(PATH=str(folder))
        self.assertIn("there is no sbatch here", told)
        self.assertIn("reprise run", told)

    def test_with_a_typo_in_the_profile(self):
        told = self.refused("--profile", self.profile('launcher = "mpirun"\nwarning_second = 3\n'))
        self.assertIn("site.toml:2", told)
        self.assertIn("warning_seconds", told)

    def test_with_both_ways_to_say_how_many_ranks(self):
        self.assertIn("either --ntasks or --ntasks-per-node", self.refused("--ntasks", 2, "--ntasks-per-node", 2))

    def test_of_several_jobs_that_are_no_array(self):
        self.assertIn("add --array", self.refused(self.job(self.WORK, "other")))

    def test_with_a_wrong_account(self):
        self.cluster.call("scontrol", "update", "PartitionName=cancel", "AllowAccounts=physics")
        self.addCleanup(self.cluster.call, "scontrol", "update", "PartitionName=cancel", "AllowAccounts=ALL")
        told = self.refused("--ntasks", 1, "--partition", "cancel", "--account", "chemistry")
        self.assertIn("sbatch did not take the job", told)
        self.assertIn("account", told)

    def test_twice_is_refused_while_the_first_waits_and_status_says_why_it_waits(self):
        job = self.job(self.WORK)
        (blocker,) = [self.cluster.call("sbatch", "--parsable", "-p", "urgent", "--nodes=2", "--exclusive", "-o", "/dev/null",
                                        "--wrap", "sleep 60").stdout.strip()]
        self.wait_until(lambda: self.in_queue(blocker) == "RUNNING")
        (number,) = self.submit(job, "--ntasks", 1, "--time", 5)
        run = self.folder / "runs/job"
        self.wait_until(lambda: self.status(run)["slurm"][0]["reason"])
        told = self.call("status", run).stdout
        self.assertIn("not started", told)
        self.assertIn("Slurm job %s: PENDING (" % number, told)
        again = self.call("submit", job, "--runs", self.folder / "runs", "--ntasks", 1)
        self.assertEqual(again.returncode, USAGE)
        self.assertIn("is in the queue already: Slurm job %s" % number, again.stderr)

    def test_can_be_looked_at_first(self):
        job = self.job(self.WORK)
        shown = self.call("submit", job, "--runs", self.folder / "runs", "--nodes", 3, "--dry-run")
        self.assertEqual(shown.returncode, DONE)
        self.assertTrue(shown.stdout.startswith("#!/bin/bash\n#SBATCH"))
        self.assertFalse((self.folder / "runs").exists())

    def test_to_a_partition_that_cancels_are_warned_of(self):
        job = self.job("[experiments.empty]\ntasks = 5\n")
        result = self.call("submit", job, "--runs", self.folder / "runs", "--partition", "cancel", "--ntasks", 1, "--wait")
        self.assertIn("partition cancel cancels jobs that it preempts", result.stderr)
        self.assertIn("--chain", result.stderr)
        checked = self.call("check", job, "--runs", self.folder / "runs", "--partition", "cancel")
        self.assertIn("partition cancel cancels jobs that it preempts", checked.stdout)


class GettingNowhere(cluster.SlurmTest):
    def test_twice_in_a_row_ends_the_requeueing_with_a_message(self):
        job = self.job("[experiments.trouble]\ntasks = 1\nmilliseconds = 600000\n")
        run = self.folder / "runs/job"
        (number,) = self.submit(job, "--ntasks", 1, "--time", 10, "--profile", self.profile("warning_seconds = 5\n"))
        for start in (1, 2):
            self.wait_until(lambda: (run / "events.jsonl").exists() and len(self.events(run, "start")) == start, timeout=60)
            time.sleep(1)
            self.cluster.call("scancel", "--batch", "--signal=USR1", number)  # as Slurm warns before the time limit
            if start == 1:
                self.wait_until(lambda: self.events(run, "requeue"), timeout=60)
        self.wait_until(lambda: not self.in_queue(number), timeout=60)
        self.assertIn("two allocations in a row got nowhere", self.logs())
        self.assertIn("two allocations in a row got nowhere", self.call("status", run).stdout)
        self.assertEqual(len(self.events(run, "requeue")), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
