"""What `cmake --install` installs works from anywhere, and its manual page leaves nothing out."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = os.environ.get("REPRISE_TEST_BUILD", str(SOURCE / "build/release"))
# Said by MPI or by the launcher to its own processes: nothing for a user to set.
NOT_FOR_USERS = {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"}
# Jobs on data that no package has: where these are missing the job says so.
ON_BROUGHT_DATA = {"mptq-vit.toml"} | {"deep-probability-%s.toml" % data for data in ("dashcam", "faces", "radar", "slides")}


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.prefix = pathlib.Path(tempfile.mkdtemp(prefix="reprise install "))
        cls.addClassCleanup(shutil.rmtree, cls.prefix, ignore_errors=True)
        subprocess.run(["cmake", "--install", BUILD, "--prefix", str(cls.prefix)], check=True, capture_output=True)
        cls.program = cls.prefix / "bin/reprise"
        cls.manual = (cls.prefix / "share/man/man1/reprise.1").read_text()

    def call(self, *words):
        return subprocess.run([str(self.program)] + [str(word) for word in words], capture_output=True, text=True,
                              cwd=self.prefix, stdin=subprocess.DEVNULL, timeout=300)

    def help_of(self, *command):
        result = self.call(*command, "--help")
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def commands(self, *above):
        """All commands with their helps, from the top down."""
        text = self.help_of(*above)
        yield above, text
        listed = re.search(r"^Subcommands:\n((?:  .*\n)+)", text, flags=re.M)
        for name in re.findall(r"^  (\w\S*)", listed[1], flags=re.M) if listed else []:
            yield from self.commands(*above, name)

    def section(self, command):
        """The manual's text about a command, without its markup."""
        text = self.manual
        if command:
            found = re.search(r"^\.SS reprise %s\b.*?(?=^\.S[SH] )" % " ".join(command), text, flags=re.M | re.S)
            self.assertTrue(found or any(part[:-1] == command for part, _ in self.commands(*command)), command)
            text = found[0] if found else ""
        return text.replace("\\-", "-").replace("\\fI", "").replace("\\fR", "")

    def test_program_is_the_one_that_was_built(self):
        built = subprocess.run([BUILD + "/reprise", "--version"], capture_output=True, text=True, check=True)
        self.assertEqual(self.call("--version").stdout, built.stdout)

    def test_jobs_are_found_sound_and_run_from_elsewhere(self):
        jobs = sorted((self.prefix / "share/reprise/jobs").rglob("*.toml"))
        self.assertEqual({job.name for job in jobs}, {job.name for job in (SOURCE / "jobs").rglob("*.toml")})
        self.assertTrue(jobs)
        for job in jobs:
            result = self.call("run", job, "--dry-run")
            if job.name in ON_BROUGHT_DATA and result.returncode == 1:
                self.assertIn("How to get it:", result.stdout)
            else:
                self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn("tasks", result.stdout)
        self.assertFalse((self.prefix / "runs").exists())

    def test_documents_have_no_broken_links(self):
        folder = self.prefix / "share/doc/reprise"
        self.assertTrue((folder / "LICENSE").exists())
        for page in folder.rglob("*.md"):
            text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.M | re.S)
            for target in re.findall(r"\]\(([^)#]+)", text):
                if "://" not in target:
                    self.assertTrue((page.parent / target).exists(), "%s links to %s" % (page, target))

    def test_manual_has_every_command_and_option(self):
        seen = 0
        for command, text in self.commands():
            section = self.section(command)
            for line in re.findall(r"^  (-\S+)", text, flags=re.M):
                for option in line.split(","):
                    if option in ("-h", "--help") and command:
                        continue
                    seen += 1
                    self.assertRegex(section, r"(?<![\w-])%s(?![\w-])" % re.escape(option),
                                     "%s of reprise %s is not in the manual page" % (option, " ".join(command)))
        self.assertGreater(seen, 15)

    def test_manual_has_no_other_options(self):
        known = set()
        for _, text in self.commands():
            known.update(re.findall(r"(?<![\w-])--?[a-z][\w-]*", text))
        for option in re.findall(r"(?<![\w-])--[a-z][\w-]*", self.section(())):
            self.assertIn(option, known)

    def test_manual_has_every_variable_of_the_environment(self):
        section = self.section(()).split(".SH ENVIRONMENT")[1]
        for folder in ("kernels", "pipeline", "workers"):
            for file in (SOURCE / folder).rglob("*.cpp"):
                for name in re.findall(r'\b(?:getenv|environment)\("(\w+)"\)', file.read_text()):
                    if name not in NOT_FOR_USERS:
                        self.assertIn(name, section, file)

    @unittest.skipUnless(shutil.which("groff"), "groff is not installed")
    def test_manual_is_sound(self):
        result = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-rCHECKSTYLE=3",
                                 str(self.prefix / "share/man/man1/reprise.1")], capture_output=True, text=True)
        self.assertEqual(result.stderr, "")
        text = re.sub(".\b", "", result.stdout)  # bold is overstruck
        self.assertIn("EXIT STATUS", text)
        self.assertNotIn("@", text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
