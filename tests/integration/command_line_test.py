"""What the command line says, and what it exits with."""

import json
import pathlib
import subprocess
import re
import unittest

import harness
from harness import DONE, FAILED, USAGE

# Arguments, and what the message must hold; all exit with 2. JOB is a sound job.
WRONG = [
    (["runn", "JOB"], 'did you mean "run"?'),
    (["chek", "JOB"], 'did you mean "check"?'),
    (["--verison"], 'did you mean "--version"?'),
    (["run"], "job is required"),
    (["run", "JOB", "--rank", "2"], 'did you mean "--ranks"?'),
    (["run", "JOB", "--adpot"], 'did you mean "--adopt"?'),
    (["run", "JOB", "-n", "0"], "not in range"),
    (["run", "JOB", "-n", "many"], "many"),
    (["run", "JOB", "-n"], "--ranks"),
    (["run", "nowhere.toml"], "nowhere.toml"),
    (["run", "."], "."),
    (["check", "JOB", "--ranks", "-3"], "ranks"),
    (["check"], "job is required"),
    (["status"], "folder is required"),
    (["status", "nowhere"], "there is no run folder nowhere"),
    (["status", "."], "is not a run folder"),
    (["status", "nowhere", "--wach"], 'did you mean "--watch"?'),
    (["report"], "folders is required"),
    (["report", "nowhere"], "there is no run folder nowhere"),
    (["pack", "nowhere"], "is not a run folder"),
    (["verify", "nowhere"], "there is no run folder or packed file nowhere"),
    (["verify", "."], "is not a run folder"),
    (["why"], "job is required"),
    (["why", "nowhere.toml"], "nowhere.toml"),
    (["list", "synthetik"], 'did you mean "synthetic"?'),
    (["data"], "see reprise data --help"),
    (["data", "lst"], "see reprise data --help"),
    (["data", "where", "mnist"], 'there is no data set "mnist"'),
]

WRONG_JOBS = [
    ('paper = "synthetik"', ":1:", 'did you mean "synthetic"?'),
    ('paper = "synthetic"\nscale = "smoke"\n[experiments.emty]', ":3:", 'did you mean "empty"?'),
    ('paper = "synthetic"\nscale = "smoke"\n[experiments.empty]\ntaks = 3', ":4:", 'did you mean "tasks"?'),
    ('paper = "synthetic"\nscale = "smoke"\n[experiments.empty]\ntasks = "many"', ":4:", "tasks"),
    ('paper = "synthetic"\nscale = "smoke"\n[experiments.empty]\ntasks = -1', ":4:", "tasks"),
    ('paper = "synthetic"\nscale = "smoke"\n[experiments.empty]\ntasks = 1.5', ":4:", "tasks"),
    ('paper = "synthetic"\nscale = "somke"\n[experiments.empty]', ":2:", "smoke"),
    ('paper = "synthetic"\nscale = "smoke"\nsed = 3\n[experiments.empty]', ":3:", 'did you mean "seed"?'),
    ('paper = "synthetic"\nscale = "smoke"\n[run]\nretires = 3\n[experiments.empty]', ":4:", 'did you mean "retries"?'),
    ('paper = "synthetic"\nscale = "smoke"\n[run]\nisa = "avx513"\n[experiments.empty]', ":4:", "avx512"),
    ('paper = "synthetic"\nscale = "smoke"\n', "", "experiment"),
    ('scale = "smoke"\n[experiments.empty]', "", "paper"),
    ('paper = "synthetic\nscale = "smoke"', ":1:", ""),
    ("", "", "paper"),
]


class CommandLine(harness.RunTest):
    def test_refuses_what_is_wrong_and_names_what_is_near(self):
        job = self.job("[experiments.empty]\ntasks = 3\n")
        for words, message in WRONG:
            with self.subTest(" ".join(words)):
                result = self.call(*[job if word == "JOB" else word for word in words])
                self.assertEqual(result.returncode, USAGE, result.stdout + result.stderr)
                self.assertIn(message, result.stderr)
                self.assertTrue(result.stderr.startswith("reprise: "), result.stderr)
        self.assertFalse((self.folder / "runs").exists())

    def test_refuses_wrong_jobs_with_line_and_name(self):
        for number, (text, line, message) in enumerate(WRONG_JOBS):
            path = self.folder / ("wrong%d.toml" % number)
            path.write_text(text)
            for command in ("run", "check", "why"):
                with self.subTest(command + ": " + text):
                    result = self.call(command, path)
                    self.assertEqual(result.returncode, USAGE, result.stdout + result.stderr)
                    self.assertIn(path.name + line, result.stderr)
                    self.assertIn(message, result.stderr)
        self.assertFalse((self.folder / "runs").exists())

    def test_has_help_with_an_example_for_every_command(self):
        self.assertIn("75 interrupted", self.call("--help").stdout)
        for command in ("list", "check", "run", "status", "why", "report", "pack", "verify", "data"):
            result = self.call(command, "--help")
            self.assertEqual(result.returncode, DONE)
            self.assertIn("Example", result.stdout, command)
            self.assertIn("reprise " + command, result.stdout)
        self.assertEqual(self.call().returncode, USAGE)

    def test_tells_its_version_and_its_libraries(self):
        told = self.call("--version").stdout
        for word in ("reprise ", "Open MPI 4", "HDF5 1.", "oneDNN 2.", "Eigen 3.", "instruction set "):
            self.assertIn(word, told)

    def test_dry_run_and_check_run_nothing(self):
        job = self.job("[experiments.empty]\ntasks = 300\n")
        planned = self.call("run", job, "--dry-run").stdout
        self.assertIn("300", planned)
        checked = self.call("check", job, "--ranks", 1, 16).stdout
        self.assertIn("efficiency", checked)
        self.assertFalse((self.folder / "runs").exists())
        self.assertEqual(self.call("run", job).returncode, DONE)
        self.assertIn("Nothing to run", self.call("run", job, "--dry-run").stdout)

    def test_works_under_mpirun_as_one_of_its_ranks(self):
        job = self.job("[experiments.empty]\ntasks = 300\n")
        import os

        environment = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
        for ranks in (1, 3):
            runs = self.folder / ("under%d" % ranks)
            result = subprocess.run(["mpirun", "--oversubscribe", "-np", str(ranks), *self.command("run", job, "--runs", runs)],
                                    capture_output=True, text=True, timeout=60 * harness.SLOW, env=environment, cwd=self.folder)
            self.assertEqual(result.returncode, DONE, result.stderr)
            self.assertEqual(self.status(runs / "job")["stored"], 300)

    def test_status_of_a_run_reads_as_json(self):
        self.run_job(self.job("[experiments.empty]\ntasks = 300\n"))
        status = self.status(self.folder / "runs/job")
        self.assertEqual(status["state"], "complete")
        self.assertEqual([(stage["done"], stage["size"]) for stage in status["stages"]], [(300, 300)])


class Forecast(harness.RunTest):
    """`check` simulates the schedule; here it is held against real runs of tasks that sleep."""

    def test_agrees_with_runs_on_1_2_and_4_ranks(self):
        job = self.job("[run]\npublish_seconds = 1.0\n[experiments.trouble]\ntasks = 400\nmilliseconds = 20\n")
        told = self.call("check", job, "--ranks", 1, 2, 4).stdout
        lines = {line.split()[0]: line for line in told.splitlines() if re.match(r"^ +[124] +\d", line)}
        for ranks in (1, 2, 4):
            expected = float(re.search(r"([\d.]+) s", lines[str(ranks)]).group(1))
            self.assertAlmostEqual(expected, 8 / ranks, delta=0.3 * 8 / ranks)
            self.run_job(job, ranks, runs="ranks%d" % ranks)
            progress = json.loads((self.folder / ("ranks%d" % ranks) / "job/progress.json").read_text())
            # Tasks take no less than they sleep; a loaded machine, and the first grants of one task each, take more.
            self.assertGreater(progress["wall_seconds"], 0.95 * expected)
            self.assertLess(progress["wall_seconds"], 1.5 * expected * harness.SLOW + 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
