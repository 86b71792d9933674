"""A user's own covariance, from a file and from the library, through the program."""

import math
import unittest

import harness
from harness import DONE, USAGE

STUDY = ("study = { lattice = { points = 1024 }, curves = { points = 1, lattice = { points = 1024 } }, paths = { length = 100, blocks = 8 }, most_blocks = 8, "
         "divisor_draws = 5000 }\n")


class OwnCovariance(harness.RunTest):
    def write_table(self, covariance, step=0.05, count=160, name="r.csv"):
        path = self.folder / name
        path.write_text("".join("%.17g,%.17g\n" % (step * k, covariance(step * k)) for k in range(count)))
        return path

    def write_job(self, covariance):
        path = self.folder / "own.toml"
        path.write_text('paper = "slepian"\nscale = "custom"\n[experiments.own]\ncovariance = %s\n%s'
                        % (covariance, STUDY))
        return path

    def report(self, job):
        self.run_job(job, 2)
        out = self.folder / "report"
        self.assertEqual(self.call("report", self.folder / "runs/own", "-o", out).returncode, DONE)
        return (out / "report.md").read_text()

    def refused(self, covariance, *reasons):
        job = self.write_job(covariance)
        for command in ("check", "run"):
            found = self.call(command, job)
            said = " ".join((found.stdout + found.stderr).split())
            self.assertEqual(found.returncode, USAGE, said)
            for reason in reasons + ("own.toml:4",):
                self.assertIn(reason, said)
        self.assertFalse((self.folder / "runs").exists())

    def test_a_table_gives_what_its_formula_gives(self):
        table = self.write_table(lambda t: 4 * math.exp(-t * t / 2))
        from_table = self.report(self.write_job('{ table = "%s" }' % table))
        for each in ("own covariance", "V1: E0 falls everywhere", "A quintic spline through 160 values"):
            self.assertIn(each, from_table)
        # The exponent of the Gaussian covariance: .411497.
        self.assertRegex(from_table, r"own covariance \| \? \| \? \| \? \| 0\.4114\d\d")

    def test_an_oscillating_one_is_told_to_be_improper(self):
        text = self.report(self.write_job('{ family = "gaussian_cosine", frequency = 2 }'))
        for each in ("V3:", "The approximation is no distribution", "has no exponent"):
            self.assertIn(each, text)

    def test_what_is_no_covariance_is_refused_with_the_reason(self):
        self.refused('{ table = "%s" }' % self.write_table(lambda t: math.exp(-t), 0.01, 1200),
                     "not differentiable at lag 0", "r.csv")
        self.refused('{ table = "%s" }' % self.write_table(lambda t: math.exp(-t ** 4), 0.02, 200),
                     "not positive definite")
        self.refused('{ table = "%s" }' % self.write_table(lambda t: math.exp(-t * t / 2), 0.5, 40),
                     "sampled too coarsely")
        self.refused('{ table = "%s" }' % self.write_table(lambda t: math.exp(-t * t / 2), 0.05, 40), "r is still")
        self.refused('{ table = "%s" }' % (self.folder / "none.csv"), "none.csv")
        self.refused('{ family = "matern", smoothness = 0.5 }', "smoothness above 1")
        self.refused('{ family = "matern", smothness = 2.5 }', 'did you mean "smoothness"')


if __name__ == "__main__":
    unittest.main()
