#!/usr/bin/env python3
"""Campaigns at emulators within the process: inprocess_test.py ASSAY WITH_STRANGER SANITIZED WITH_REFERENCE SCRATCH"""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest

ASSAY, WITH_STRANGER, SANITIZED, WITH_REFERENCE, SCRATCH = "", "", "", "", pathlib.Path()


REQUEST = r"^(GET|POST|HEAD|PUT|DELETE|OPTIONS|PATCH) /.* HTTP/1.1\r?\n"  # what a file of one begins with


class InprocessCampaigns(unittest.TestCase):
    def setUp(self):
        self.out = SCRATCH / self.id().rpartition(".")[2]
        shutil.rmtree(self.out, ignore_errors=True)

    def start(self, program, *options, **environment):
        return subprocess.Popen([program, "fuzz", "--target", "inprocess", "--progress", "off", "--out", str(self.out),
                                 *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                env={**os.environ, **environment})

    def fuzz(self, program, *options, **environment):
        campaign = self.start(program, *options, **environment)
        said, _ = campaign.communicate(timeout=120)
        return campaign.returncode, said

    def rules(self):
        findings = json.loads((self.out / "report.json").read_text())["findings"]
        return {one["rule"] for one in findings if one["kind"] == "violation"}

    def edges(self, worker=1):
        """How much of the emulator's code was reached when libFuzzer last said so."""
        log = (self.out / f"engine-{worker}.log").read_text()
        return int((re.findall(r" cov: (\d+)", log) or ["0"])[-1])

    def worker_at_work(self, campaign):
        """The process of the first worker, once it has kept inputs."""
        corpus = self.out / "corpus"
        for _ in range(300):
            if corpus.is_dir() and len(list(corpus.iterdir())) > 20:
                break
            time.sleep(0.1)
        return int(pathlib.Path(f"/proc/{campaign.pid}/task/{campaign.pid}/children").read_text().split()[0])

    def test_a_right_emulator_conforms_and_its_code_guides(self):
        code, said = self.fuzz(WITH_STRANGER, "--max-time", "10")
        self.assertEqual(code, 0, said)
        self.assertGreater(self.edges(), 1000)

    def test_a_mistake_of_it_is_found(self):
        code, said = self.fuzz(WITH_STRANGER, "--max-time", "10", STRANGER_ON="stoi-throws")
        self.assertEqual(code, 1, said)
        self.assertTrue(self.rules())

    def test_each_worker_has_its_own(self):
        code, said = self.fuzz(WITH_STRANGER, "--max-time", "8", "--jobs", "2")
        self.assertEqual(code, 0, said)
        self.assertGreater(self.edges(1), 1000)
        self.assertGreater(self.edges(2), 1000)
        report = json.loads((self.out / "report.json").read_text())
        self.assertEqual(report["campaign"]["workers"], 2)
        self.assertLess(float(re.search(r" judged, in ([\d.]+) s", said)[1]), 14, "they are at work at once")
        shown = subprocess.run([ASSAY, "report", str(self.out), "--show", "learned"], capture_output=True, text=True)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn("filter.usage", shown.stdout)
        one = subprocess.run([ASSAY, "report", "--gate", str(self.out), "--baseline", str(self.out)],
                             capture_output=True, text=True)
        self.assertEqual(one.returncode, 2, one.stdout)
        self.assertIn("worker-1", one.stderr)

    def test_a_file_that_it_writes_to_keeps_what_was_there(self):
        SCRATCH.mkdir(parents=True, exist_ok=True)
        with open(SCRATCH / "said", "w+") as said:
            said.write("what was there\n" * 20)
            said.flush()
            subprocess.run([WITH_STRANGER, "fuzz", "--target", "inprocess", "--progress", "plain", "--max-time", "2",
                            "--out", str(self.out)], stdout=said, stderr=said, check=True)
            said.seek(0)
            self.assertTrue(said.read().startswith("what was there\n" * 20))

    def test_the_reference_server_is_one(self):
        code, said = self.fuzz(WITH_REFERENCE, "--max-time", "5")
        self.assertEqual(code, 0, said)

    def test_a_fault_of_the_reference_server_is_found(self):
        code, said = self.fuzz(WITH_REFERENCE, "--max-time", "5", ASSAY_FAULT="paging.size.one_more")
        self.assertEqual(code, 1, said)
        self.assertIn("page.size.limits", self.rules())

    def test_a_crash_of_it_is_a_violation_with_its_input(self):
        campaign = self.start(WITH_STRANGER, "--max-time", "60")
        self.addCleanup(campaign.kill)
        os.kill(self.worker_at_work(campaign), signal.SIGABRT)
        said, _ = campaign.communicate(timeout=60)
        self.assertEqual(campaign.returncode, 1, said)
        self.assertIn("the emulator ended the process after ", said)
        self.assertIn("(signal 6, Aborted)", said)
        self.assertTrue(list((self.out / "inputs").glob("crash-*")), said)

    def test_a_call_that_hangs_is_a_violation_with_its_input(self):
        code, said = self.fuzz(WITH_STRANGER, "--max-time", "60", "--timeout", "1", STRANGER_FAILS="hang")
        self.assertEqual(code, 1, said)
        self.assertIn("(it did not answer within 1 s (--timeout)); it was answering the request in ", said)
        self.assertRegex(self.last_request(), REQUEST)
        self.assertTrue(list((self.out / "inputs").glob("crash-*")), said)
        self.assertIn("did not answer within 1 s (--timeout)", (self.out / "engine-1.log").read_text())

    def last_request(self):
        return (self.out / "inputs/last-request-1.http").read_text()

    def test_an_end_that_the_engine_cannot_note_leaves_the_request(self):
        for how, why in (("recursion", "signal 11, Segmentation fault"), ("exit", "it called exit()"),
                         ("exit at once", "it called exit()")):
            with self.subTest(how):
                code, said = self.fuzz(WITH_STRANGER, "--max-time", "60", STRANGER_FAILS=how)
                self.assertEqual(code, 1, said)
                self.assertIn(f"({why}); it was answering the request in ", said)
                self.assertRegex(self.last_request(), REQUEST)

    def test_an_end_at_the_first_request_is_a_violation(self):
        code, said = self.fuzz(WITH_STRANGER, "--max-time", "2")  # whose journal is not that of the next ones
        self.assertEqual(code, 0, said)
        for program, how, why in ((SANITIZED, "overflow", "AddressSanitizer: heap-buffer-overflow"),
                                  (WITH_STRANGER, "recursion", "signal 11, Segmentation fault"),
                                  (WITH_STRANGER, "exit", "it called exit()")):
            with self.subTest(how):
                code, said = self.fuzz(program, "--max-time", "20", STRANGER_FAILS=how, STRANGER_ANSWERS="0")
                self.assertEqual(code, 1, said)
                self.assertIn(f"assay fuzz: the emulator ended the process after 0 requests ({why}", said)
                self.assertIn("it was answering the request in ", said)
                self.assertRegex(self.last_request(), REQUEST)

    def test_of_several_workers_each_says_why_it_ended(self):
        code, said = self.fuzz(WITH_STRANGER, "--max-time", "60", "--jobs", "2", STRANGER_FAILS="exit at once")
        self.assertEqual(code, 1, said)
        self.assertRegex(said, r"FAILED: .*shard \d/2: the emulator ended the process after \d+ requests \(it called exit")

    def test_the_request_is_kept_without_its_login(self):
        code, said = self.fuzz(WITH_STRANGER, "--max-time", "60", "--signature", "v1", STRANGER_FAILS="exit",
                               STRANGER_AUTH="my-own-id:my-own-secret", ALIBABA_CLOUD_ACCESS_KEY_ID="my-own-id",
                               ALIBABA_CLOUD_ACCESS_KEY_SECRET="my-own-secret")
        self.assertEqual(code, 1, said)
        self.assertRegex(self.last_request(), REQUEST)
        for secret in ("my-own", "Signature"):
            self.assertNotIn(secret, self.last_request())

    def test_a_worker_that_is_killed_leaves_the_request(self):
        campaign = self.start(WITH_STRANGER, "--max-time", "60")
        self.addCleanup(campaign.kill)
        os.kill(self.worker_at_work(campaign), signal.SIGKILL)
        said, _ = campaign.communicate(timeout=60)
        self.assertEqual(campaign.returncode, 1, said)
        self.assertIn("(signal 9, Killed); ", said)
        self.assertRegex(self.last_request(), REQUEST)

    def test_a_sanitized_emulator_conforms(self):
        code, said = self.fuzz(SANITIZED, "--max-time", "10")
        self.assertEqual(code, 0, said)
        self.assertGreater(self.edges(), 1000)

    def test_what_a_sanitizer_sees_is_a_violation_with_its_input(self):
        code, said = self.fuzz(SANITIZED, "--max-time", "60", STRANGER_FAILS="overflow")
        self.assertEqual(code, 1, said)
        self.assertTrue(list((self.out / "inputs").glob("crash-*")), said)
        self.assertIn("(AddressSanitizer: heap-buffer-overflow", said)
        self.assertIn("heap-buffer-overflow", (self.out / "engine-1.log").read_text())

    def test_signatures_reach_it(self):
        code, said = self.fuzz(WITH_STRANGER, "--max-time", "5", "--signature", "v1", ALIBABA_CLOUD_ACCESS_KEY_ID="me",
                               ALIBABA_CLOUD_ACCESS_KEY_SECRET="secret", STRANGER_AUTH="me:secret")
        self.assertEqual(code, 0, said)

    def test_a_rate_is_refused(self):
        code, said = self.fuzz(WITH_STRANGER, "--rate", "5")
        self.assertEqual(code, 2, said)
        self.assertIn("called within this process", said)

    def test_an_emulator_that_does_not_start_is_no_verdict(self):
        for environment, words in (({"STRANGER_FAILS": "start"}, "the emulator did not start"),
                                   ({"STRANGER_FAILS": "abort"}, "the emulator ended the process before anything was sent (signal 6, Aborted)")):
            code, said = self.fuzz(WITH_STRANGER, "--max-time", "5", **environment)
            self.assertEqual(code, 3, said)
            self.assertIn(words, said)
            self.assertNotIn("journal", said)

    def test_a_program_without_an_emulator_says_how_to_link_one(self):
        code, said = self.fuzz(ASSAY, "--max-time", "5")
        self.assertEqual(code, 2, said)
        self.assertIn("-DASSAY_INPROCESS", said)
        self.assertFalse(self.out.exists())

    def test_it_has_the_state_of_the_users_dataset(self):
        SCRATCH.mkdir(parents=True, exist_ok=True)
        dataset = SCRATCH / "dataset.json"
        subprocess.run([ASSAY, "dataset", "--count", "50", "--out", str(dataset)], check=True, capture_output=True)
        code, said = self.fuzz(WITH_STRANGER, "--max-time", "5", "--dataset", str(dataset))
        self.assertEqual(code, 0, said)


if __name__ == "__main__":
    ASSAY, WITH_STRANGER, SANITIZED, WITH_REFERENCE = sys.argv[1:5]
    SCRATCH = pathlib.Path(sys.argv[5])
    unittest.main(argv=sys.argv[:1], verbosity=2)
