"""What goes wrong costs what it must and no more: killed ranks, crashing and throwing tasks, interruptions."""

import os
import shutil
import signal
import time
import unittest

import harness
from harness import DONE, FAILED, INTERRUPTED, USAGE

SLOW_TASKS = """
[run]
publish_seconds = 0.3
[experiments.trouble]
tasks = 400
milliseconds = 10
"""


class LosingRanks(harness.RunTest):
    def test_costs_the_task_in_hand_and_no_more(self):
        job = self.job(SLOW_TASKS)
        process = self.start(job, 3)
        run = self.folder / "runs/job"
        self.wait_for_work(run, 1, 2, 3)
        self.assertEqual(self.kill(lambda what: what == "rank 2"), 1)
        self.assertEqual(self.end_of(process), DONE, self.log())
        # One start, one lost rank: the others went on without a new start.
        self.assertEqual(len(self.events(run, "start")), 1)
        self.assertEqual(len(self.events(run, "rank_lost")), 1)
        self.assertEqual(self.events(run, "end")[-1]["executed"], 400)
        self.assertEqual(self.status(run)["stored"], 400)

    def test_all_of_them_starts_the_run_again(self):
        job = self.job(SLOW_TASKS)
        process = self.start(job, 2)
        run = self.folder / "runs/job"
        self.wait_for_work(run, 1, 2)
        self.wait_until(lambda: self.status(run)["stored"] > 0)
        self.assertEqual(self.kill(lambda what: what in ("rank 1", "rank 2")), 2)
        self.assertEqual(self.end_of(process), DONE, self.log())
        self.assertEqual(len(self.events(run, "start")), 2)
        self.assertEqual(self.status(run)["stored"], 400)

    def test_while_they_start_starts_the_run_again(self):
        job = self.job("[experiments.empty]\ntasks = 50\n")
        for victim in ("rank 0", "rank 2"):
            process = self.start(job, 2, runs=victim)
            # In MPI_Init, or on the way. Before the launcher knows it, none but REPRISE_START_SECONDS would help.
            pid = self.wait_until(lambda: next(
                (pid for pid, what in harness.processes_of(self.folder).items()
                 if what == victim and harness.is_watched_over(pid)), None), every=0.002)
            os.kill(pid, signal.SIGKILL)
            self.assertEqual(self.end_of(process), DONE, self.log())
            self.assertEqual(self.status(self.folder / victim / "job")["stored"], 50)
            self.assertIn(victim + " was lost while the run started", self.log())

    def test_never_repeats_what_they_published(self):
        job = self.job("[experiments.mixed]\ndraws = 4\nlarge = 300\nlarge_values = 9000\n")
        process = self.start(job, 4)
        run = self.folder / "runs/job"
        self.wait_for_work(run, 1, 2, 3, 4)
        self.wait_until(lambda: list((run / "segments").glob("e1-r000[1-4]-*.h5")), every=0.002)
        for rank in (1, 2, 3):
            time.sleep(0.05)
            self.kill(lambda what: what == "rank %d" % rank)
        self.assertEqual(self.end_of(process), DONE, self.log())
        self.assertNotIn("more than once", self.verify(run))

    def test_rebuilds_groups_without_them(self):
        text = "[experiments.long]\ntasks = 2\nsteps = 100\nmilliseconds = 10\ntogether = true\n"
        job = self.job(text)
        self.run_job(job, 1, runs="unbroken")
        process = self.start(job, 3)
        run = self.folder / "runs/job"
        self.wait_for_work(run, 1, 2, 3)
        time.sleep(0.2)
        self.assertEqual(self.kill(lambda what: what == "rank 3"), 1)
        self.assertEqual(self.end_of(process), DONE, self.log())
        self.assertEqual(len(self.events(run, "start")), 1)
        self.assertEqual(self.digest(run), self.digest(self.folder / "unbroken/job"))


class Poison(harness.RunTest):
    def check(self, ranks):
        job = self.job("[experiments.trouble]\ntasks = 10000\ncrashing = [17, 4321, 9876]\n")
        result = self.run_job(job, ranks, expect=FAILED)
        run = self.folder / "runs/job"
        status = self.status(run)
        self.assertEqual(status["stored"], 9997)
        self.assertEqual(status["failure_count"], 3)
        for failure in status["failures"]:
            self.assertTrue(failure["set_aside"])
            self.assertIn("signal 11", failure["message"])
        inputs = " ".join(failure["input"] for failure in status["failures"])
        for i in (17, 4321, 9876):
            self.assertIn("i = %d," % i, inputs)
        self.assertIn("was set aside", result.stderr)
        # A set-aside task stays so, until it is asked for again.
        again = self.run_job(job, ranks, expect=FAILED)
        self.assertIn("0 tasks run", again.stderr)

    def test_is_set_aside_alone(self):
        self.check(1)

    def test_is_set_aside_on_two_ranks(self):
        self.check(2)

    def test_is_set_aside_on_four_ranks(self):
        self.check(4)


class Failures(harness.RunTest):
    def test_are_told_and_the_others_go_on(self):
        job = self.job("[run]\nretries = 2\n[experiments.trouble]\ntasks = 50\nthrowing = [7, 8]\n")
        for ranks in (1, 2):
            result = self.run_job(job, ranks, runs="ranks%d" % ranks, expect=FAILED)
            self.assertIn("trial 7 is one that throws", result.stderr)
            run = self.folder / ("ranks%d" % ranks) / "job"
            self.assertEqual(list(run.parent.iterdir()), [run])  # the launcher leaves nothing beside it
            status = self.status(run)
            self.assertEqual(status["stored"], 48)
            self.assertEqual([failure["attempts"] for failure in status["failures"]], [3, 3])
            self.assertEqual(len(self.events(run, "task_failed")), 6)


class Interruption(harness.RunTest):
    def stop(self, ranks, number):
        job = self.job(SLOW_TASKS)
        process = self.start(job, ranks)
        run = self.folder / "runs/job"
        self.wait_until(lambda: (run / "progress.json").exists() and self.status(run)["stored"] > 0)
        process.send_signal(number)
        self.assertEqual(self.end_of(process, 30), INTERRUPTED, self.log())
        self.assertIn("Go on with: reprise run", self.log())
        self.assertEqual(self.status(run)["state"], "interrupted")
        stored = self.status(run)["stored"]
        self.assertEqual(stored, self.events(run, "end")[-1]["executed"])  # all that was finished is stored
        self.assertLess(stored, 400)
        self.run_job(job, ranks)
        self.assertEqual(self.events(run, "end")[-1]["executed"], 400 - stored)
        self.assertFalse(harness.processes_of(self.folder))

    def test_by_ctrl_c_is_clean_alone(self):
        self.stop(1, signal.SIGINT)

    def test_by_ctrl_c_is_clean_under_mpi(self):
        self.stop(2, signal.SIGINT)

    def test_by_sigterm_is_clean_under_mpi(self):
        self.stop(2, signal.SIGTERM)


    def test_does_not_wait_for_a_task_without_checkpoints(self):
        for ranks in (1, 2):
            job = self.job("[experiments.trouble]\ntasks = 2\nmilliseconds = 600000\n")
            process = self.start(job, ranks, runs="ranks%d" % ranks)
            self.wait_for_work(self.folder / ("ranks%d" % ranks) / "job", *range(ranks > 1, ranks + (ranks > 1)))
            process.send_signal(signal.SIGINT)
            self.assertEqual(self.end_of(process, 30), INTERRUPTED, self.log())
            self.wait_until(lambda: not harness.processes_of(self.folder))


class Warning(harness.RunTest):
    """SIGUSR1, as Slurm sends it some time before the time limit."""

    def warn(self, ranks, seconds, text, stored):
        job = self.job(text)
        os.environ["REPRISE_WARNING_SECONDS"] = str(seconds)
        self.addCleanup(os.environ.pop, "REPRISE_WARNING_SECONDS", None)
        runs = "ranks%d" % ranks
        process = self.start(job, ranks, runs=runs)
        run = self.folder / runs / "job"
        self.wait_until(lambda: (run / "progress.json").exists() and self.status(run)["stored"] >= stored)
        process.send_signal(signal.SIGUSR1)
        return process, run

    def test_leaves_time_to_finish_what_fits(self):
        for ranks in (1, 2):
            process, run = self.warn(ranks, 120, SLOW_TASKS, 1)
            self.assertEqual(process.wait(60), DONE, self.log())
            self.assertEqual(self.events(run, "end")[-1]["executed"], 400)

    def test_begins_nothing_that_does_not_fit(self):
        text = "[run]\npublish_seconds = 0.1\n[experiments.trouble]\ntasks = 20\nmilliseconds = 2000\n"
        for ranks in (1, 2):
            process, run = self.warn(ranks, 6, text, ranks)  # three seconds to work, three to stop
            started = time.monotonic()
            self.assertEqual(process.wait(60), INTERRUPTED, self.log())
            self.assertLess(time.monotonic() - started, 6 * harness.SLOW)
            executed = self.events(run, "end")[-1]["executed"]
            self.assertEqual(self.status(run)["stored"], executed)  # what was in hand was finished, not cut short
            self.assertIn(executed, range(ranks, 2 * ranks + 1))
            self.assertTrue(self.events(run, "winding_down"))


class Checkpoints(harness.RunTest):
    TEXT = "[run]\ncheckpoint_seconds = 0.2\n[experiments.long]\ntasks = 1\nsteps = 200\nmilliseconds = 10\n"

    def interrupted(self, ranks):
        job = self.job(self.TEXT)
        process = self.start(job, ranks)
        checkpoints = self.folder / "runs/job/checkpoints"
        self.wait_until(lambda: len(list(checkpoints.glob("*/*.h5"))) >= 2)
        self.kill(lambda what: True)
        self.end_of(process)
        self.wait_until(lambda: not harness.processes_of(self.folder))
        return job, sorted(checkpoints.glob("*/*.h5"))

    def test_let_a_long_task_go_on(self):
        for ranks in (1, 2):
            job = self.job(self.TEXT)
            self.run_job(job, 1, runs="unbroken")
            job, _ = self.interrupted(ranks)
            started = time.monotonic()
            self.run_job(job, ranks)
            run = self.folder / "runs/job"
            self.assertEqual(self.digest(run), self.digest(self.folder / "unbroken/job"))
            self.assertEqual(list((run / "checkpoints").glob("*/*.h5")), [])
            shutil.rmtree(self.folder / "runs")
            shutil.rmtree(self.folder / "unbroken")

    def test_that_are_damaged_fall_back_to_the_one_before(self):
        job = self.job(self.TEXT)
        self.run_job(job, 1, runs="unbroken")
        job, files = self.interrupted(1)
        newest = max(files, key=lambda file: int(file.stem))
        newest.write_bytes(newest.read_bytes()[:-100])
        self.run_job(job, 1)
        self.assertEqual(self.digest(self.folder / "runs/job"), self.digest(self.folder / "unbroken/job"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
