"""Ranks that fall silent while a run starts, when MPI has them and nobody watches over them yet."""

import os
import shutil
import signal
import subprocess
import unittest
import unittest.mock

import harness
from harness import DONE, INTERRUPTED, USAGE

TEXT = "[run]\npublish_seconds = 0.3\n[experiments.trouble]\ntasks = 300\nmilliseconds = 10\n"
TOGETHER = "[experiments.long]\ntasks = 2\nsteps = 50\nmilliseconds = 3\ntogether = true\n"
SECONDS = int(2 * harness.SLOW)


class SilentRanks(harness.RunTest):
    def silence(self, where, number, *ranks):
        """In the runs to come, each of these ranks gets the signal at that place, once."""
        marks = self.folder / "marks"
        shutil.rmtree(marks, ignore_errors=True)
        marks.mkdir()
        words = [where, int(number), marks, *ranks]
        environment = unittest.mock.patch.dict(os.environ, SYNTHETIC_SILENCE=" ".join(map(str, words)),
                                               REPRISE_START_SECONDS=str(SECONDS))
        environment.start()
        self.addCleanup(environment.stop)

    def start_without_launcher(self, job, ranks):
        """As ranks on other hosts start: the launcher that sees its own host's ranks die is not there."""
        root = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"} if os.geteuid() == 0 else {}
        log = open(self.folder / "log", "ab")
        self.addCleanup(log.close)
        return subprocess.Popen(
            ["mpirun", "-q", "--enable-recovery", "--oversubscribe", "--bind-to", "none", "-np", str(ranks + 1),
             *self.command("run", job, "--runs", self.folder / "runs")],
            stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.folder, env=dict(os.environ, **root))

    def lost(self, run):
        return [event["rank"] for event in self.events(run, "rank_lost")]

    def test_that_died_are_lost_and_the_others_do_all(self):
        run = self.folder / "runs/job"
        for where, said in (("init", "said nothing while the run started"), ("hello", "was not heard of again")):
            self.silence(where, signal.SIGKILL, 2)
            self.end_of(self.start_without_launcher(self.job(TEXT), 3))
            self.assertEqual(self.status(run)["state"], "complete", self.log())
            self.assertEqual(self.status(run)["stored"], 300)
            self.assertEqual(len(self.events(run, "start")), 1)
            self.assertEqual(self.lost(run), [2])
            self.assertIn(said, self.events(run, "rank_lost")[0]["message"])
            shutil.rmtree(self.folder / "runs")
        self.assertRegex(self.log(), r"rank 2 \(rank 1 is on \S+, rank 3 is on \S+\) said nothing for %d s" % SECONDS)
        self.assertIn("goes on without them, on 2 of 3 worker ranks", self.log())

    def test_are_no_members_of_groups(self):
        job = self.job(TOGETHER)
        self.run_job(job, 1, runs="unbroken")
        self.silence("init", signal.SIGKILL, 3)
        self.end_of(self.start_without_launcher(job, 3))
        run = self.folder / "runs/job"
        self.assertEqual(self.lost(run), [3], self.log())
        self.assertEqual(self.digest(run), self.digest(self.folder / "unbroken/job"))

    def test_that_hang_are_lost_and_ended_with_the_run(self):
        for where in ("init", "hello"):
            self.silence(where, signal.SIGSTOP, 1, 3)
            process = self.start(self.job(TEXT), 3, runs=where)
            self.assertEqual(self.end_of(process), DONE, self.log())
            run = self.folder / where / "job"
            self.assertEqual(len(self.events(run, "start")), 1)
            self.assertEqual(sorted(self.lost(run)), [1, 3])
            self.assertEqual(self.status(run)["stored"], 300)
            self.assertNotIn("was lost while the run started", self.log())
            self.wait_until(lambda: not harness.processes_of(self.folder))

    def test_that_come_back_leave_and_the_run_goes_on(self):
        self.silence("init", signal.SIGSTOP, 2)
        process = self.start(self.job(TEXT.replace("= 10\n", "= 30\n")), 2)
        run = self.folder / "runs/job"
        self.wait_for_work(run, 1)
        self.assertEqual(self.kill(lambda what: what == "rank 2", signal.SIGCONT), 1)
        self.wait_until(lambda: "rank 2" not in harness.processes_of(self.folder).values(), timeout=5)
        self.assertEqual(self.status(run)["state"], "running")
        self.assertEqual(self.end_of(process), DONE, self.log())
        self.assertEqual(len(self.events(run, "start")), 1)
        self.assertEqual(self.lost(run), [2])
        self.assertEqual(self.status(run)["stored"], 300)

    def test_that_die_later_do_not_take_down_the_run_that_went_on(self):
        self.silence("init", signal.SIGSTOP, 2)
        process = self.start(self.job(TEXT), 2)
        run = self.folder / "runs/job"
        self.wait_for_work(run, 1)
        self.assertEqual(self.kill(lambda what: what == "rank 2"), 1)
        self.assertEqual(self.end_of(process), DONE, self.log())
        self.assertEqual(len(self.events(run, "start")), 1)
        self.assertEqual(self.lost(run), [2])

    def test_that_are_all_start_the_run_again(self):
        self.silence("init", signal.SIGSTOP, 1, 2)
        process = self.start(self.job(TEXT), 2)
        self.assertEqual(self.end_of(process), DONE, self.log())
        run = self.folder / "runs/job"
        self.assertEqual(self.status(run)["stored"], 300)
        self.assertEqual(self.lost(run), [])
        self.assertIn("no worker rank was heard of in %d s" % SECONDS, self.log())
        self.assertIn("going on from what is stored", self.log())
        self.assertEqual(list((self.folder / "runs").glob(".*.exit")), [])

    def test_that_are_all_each_time_leave_it_interrupted(self):
        self.silence("init", signal.SIGSTOP, 1, 2)
        process = self.start(self.job(TEXT), 2)
        self.wait_until(lambda: "going on from what is stored" in self.log())
        shutil.rmtree(self.folder / "marks")
        (self.folder / "marks").mkdir()
        self.assertEqual(self.end_of(process), INTERRUPTED, self.log())
        self.assertIn("taken down twice without getting anywhere", self.log())

    def test_are_waited_for_as_long_as_asked(self):
        with unittest.mock.patch.dict(os.environ, REPRISE_START_SECONDS="soon"):
            result = self.run_job(self.job(TEXT), 2, expect=USAGE)
        self.assertIn("it may be a whole number from 1 to 86400", result.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
