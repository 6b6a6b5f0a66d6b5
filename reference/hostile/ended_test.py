#!/usr/bin/env python3
"""Runs that are ended from outside, and folders that cannot take what they leave.

    ended_test.py ASSAY SCRATCH
"""
import json
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import time
import unittest

import hostile
from hostile_test import serve

ASSAY, SCRATCH = "", pathlib.Path()


class EndedRuns(unittest.TestCase):
    def setUp(self):
        self.out = SCRATCH / self.id().rpartition(".")[2]
        shutil.rmtree(self.out, ignore_errors=True)
        self.server, self.url = serve(ASSAY, *self.server_options)
        self.addCleanup(self.stop)

    server_options = ()

    def stop(self):
        self.server.terminate()
        self.server.wait()
        self.server.stdout.close()

    def start(self, *options, url=None, **more):
        return subprocess.Popen([ASSAY, "run", "--target", url or self.url, "--progress", "off", "--strength", "1",
                                 "--out", str(self.out), *options],
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)

    def end(self, child):
        said, _ = child.communicate(timeout=60)
        return child.returncode, said

    def report(self):
        return json.loads((self.out / "report.json").read_text())

    def test_a_signal_stops_a_run_and_the_reports_are_written(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number):
                child = self.start("--rate", "100")
                time.sleep(1.5)
                child.send_signal(number)
                begun = time.monotonic()
                code, said = self.end(child)
                self.assertLess(time.monotonic() - begun, 20)
                self.assertEqual(code, 3, said)
                self.assertIn("stopped by a signal (SIG", said)
                self.assertGreater(self.report()["totals"]["judged"], 0)
                for name in ("junit.xml", "report.html", "summary.md"):
                    self.assertTrue((self.out / name).exists(), name)

    def test_a_run_ends_when_its_time_is_over(self):
        begun = time.monotonic()
        code, said = self.end(self.start("--rate", "100", "--max-time", "2"))
        self.assertLess(time.monotonic() - begun, 20)
        self.assertEqual(code, 3, said)
        self.assertIn("stopped after 2 s (--max-time)", said)

    def test_a_run_that_is_stopped_during_its_first_request_says_so(self):
        server = hostile.Server("silence")
        try:
            code, said = self.end(self.start("--max-time", "1", url=server.url))
        finally:
            server.stop()
        self.assertEqual(code, 3, said)
        self.assertIn("stopped after 1 s", said)

    def test_nobody_who_reads_the_output_is_no_reason_to_end(self):
        child = self.start("--only", "page.*")
        child.stdout.close()
        self.assertEqual(child.wait(timeout=60), 0)
        self.assertEqual(self.report()["verdict"], "conforms")

    def test_a_second_run_does_not_write_into_the_folder_of_the_first(self):
        first = self.start("--rate", "100", "--max-time", "20")
        time.sleep(1)
        code, said = self.end(self.start("--only", "page.*"))
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=60)
        self.assertEqual(code, 2, said)
        self.assertIn("another run writes its reports there", said)

    def test_a_folder_that_cannot_be_made_is_named_at_once(self):
        self.out = pathlib.Path("/proc/no/folder")
        code, said = self.end(self.start("--only", "page.*"))
        self.assertEqual(code, 2, said)
        self.assertIn("/proc/no/folder", said)
        self.assertIn("--out", said)

    def end_on_a_full_disk(self):
        def fill():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        code, said = self.end(self.start(preexec_fn=fill))
        self.assertIn("File too large", said)
        return code, said

    def test_a_full_disk_takes_no_verdict_away_but_is_no_success(self):
        code, said = self.end_on_a_full_disk()
        self.assertEqual(code, 3, said)
        self.assertIn("Verdict: conforms", said)


class EndedRunsOfAWrongTarget(EndedRuns):
    server_options = ("--fault", "filter.usage.ignored")

    def test_what_was_found_before_a_signal_counts(self):
        child = self.start("--rate", "400", "--only", "filter.*", "--only", "combinations.*")
        time.sleep(4)
        child.send_signal(signal.SIGINT)
        code, said = self.end(child)
        self.assertEqual(code, 1, said)
        self.assertIn("filter.usage", said)

    def test_what_was_found_counts_on_a_full_disk_too(self):
        code, said = self.end_on_a_full_disk()
        self.assertEqual(code, 1, said)
        self.assertIn("Verdict: violations", said)


for inherited in [name for name in dir(EndedRuns) if name.startswith("test_")]:
    setattr(EndedRunsOfAWrongTarget, inherited, None)

if __name__ == "__main__":
    ASSAY, SCRATCH = sys.argv[1], pathlib.Path(sys.argv[2])
    SCRATCH.mkdir(parents=True, exist_ok=True)
    unittest.main(argv=sys.argv[:1])
