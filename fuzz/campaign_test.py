#!/usr/bin/env python3
"""Campaigns of `assay fuzz` from outside: campaign_test.py ASSAY SCRATCH"""
import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import time
import unittest

ASSAY, SCRATCH = "", pathlib.Path()
HOSTILE = pathlib.Path(__file__).parent.parent / "reference" / "hostile" / "hostile.py"
FAULT = "paging.size.one_more"
# What libFuzzer says is for those who ask for it.
WORDS_OF_THE_ENGINE = ("libFuzzer", "BINGO", "deadly signal", "INITED", "ERROR:", "WARNING:", "==")
REPORTS = ("report.json", "report.html", "junit.xml", "results.sarif", "summary.md", "badge.svg")


def serve(*command):
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    return server, server.stdout.readline().split()[-1]


class Campaigns(unittest.TestCase):
    def setUp(self):
        self.out = SCRATCH / self.id().rpartition(".")[2]
        shutil.rmtree(self.out, ignore_errors=True)

    def serve(self, *options, command=None):
        server, url = serve(*(command or [ASSAY, "serve", "--listen", "127.0.0.1:0", *options]))
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        return server, url

    def start(self, url, *options):
        return subprocess.Popen([ASSAY, "fuzz", "--target", url, "--progress", "off", "--out", str(self.out),
                                 *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def end(self, campaign):
        said, _ = campaign.communicate(timeout=90)
        for word in WORDS_OF_THE_ENGINE:
            self.assertNotIn(word, said)
        return campaign.returncode, said

    def fuzz(self, url, *options):
        return self.end(self.start(url, *options))

    @staticmethod
    def without_warnings(report):
        return [f for f in report["findings"] if f["kind"] != "warning"]

    def report(self):
        return json.loads((self.out / "report.json").read_text())

    def test_a_flag_that_ends_the_engine_ends_the_campaign_with_its_reports(self):
        _, url = self.serve("--fault", FAULT)
        code, said = self.fuzz(url, "--max-time", "60", "--", "-runs=400")
        self.assertEqual(code, 1, said)
        self.assertTrue(self.without_warnings(self.report()), said)
        self.assertIn("Exit code 1", said)

    def test_a_target_that_conforms_is_reported_as_by_a_run(self):
        _, url = self.serve()
        code, said = self.fuzz(url, "--max-time", "3")
        self.assertEqual(code, 0, said)
        self.assertIn("CONFORMS", said)
        for name in REPORTS:
            self.assertTrue((self.out / name).exists(), name)
        report = self.report()
        self.assertGreater(report["totals"]["judged"], 100)
        campaign = report["campaign"]
        self.assertEqual(campaign["ended"], "after 3 s (--max-time)")
        samples = campaign["samples"]
        self.assertGreater(len(samples), 2)
        for earlier, later in zip(samples, samples[1:]):
            for key in ("seconds", "inputs", "requests", "features"):
                self.assertLessEqual(earlier[key], later[key])
        self.assertGreater(samples[-1]["features"], 100)
        self.assertEqual(samples[-1]["requests"], report["totals"]["exchanges"])
        estimate = campaign["next_input_shows_new_feature"]
        self.assertLess(0, estimate["low"])
        self.assertLess(estimate["low"], estimate["probability"])
        self.assertLess(estimate["probability"], estimate["high"])
        self.assertIn("The campaign", (self.out / "report.html").read_text())

    def test_the_search_goes_on_after_a_finding_and_known_ones_fail_nothing(self):
        _, url = self.serve("--fault", FAULT)
        code, said = self.fuzz(url, "--max-requests", "1500")
        self.assertEqual(code, 1, said)
        report = self.report()
        findings = self.without_warnings(report)
        self.assertEqual([f["diagnosis"][:1] for f in findings], [[FAULT]])
        self.assertGreater(findings[0]["occurrences"], 20)
        self.assertEqual(findings[0]["request"]["parameters"].keys() - {"Action", "RegionId", "Format"}, set())
        self.assertGreaterEqual(report["totals"]["exchanges"], 1500)
        self.assertIn("(--max-requests)", report["campaign"]["ended"])
        known = self.out / "known.json"
        known.write_text(json.dumps({"format": "assay-known/1", "findings": [
            {"id": one, "rule": one.rpartition(".")[0], "reason": "as agreed"}
            for one in (findings[0]["id"], *findings[0]["also"])]}))
        shutil.rmtree(self.out / "corpus")
        code, said = self.fuzz(url, "--max-requests", "1500", "--known", str(known))
        self.assertEqual(code, 0, said)
        report = self.report()
        self.assertEqual([f["kind"] for f in self.without_warnings(report)], ["known"])
        self.assertIn("(--max-requests)", report["campaign"]["ended"])

    def test_two_faults_are_two_findings(self):
        _, url = self.serve("--fault", FAULT, "--fault", "filter.usage.none_as_all")
        code, said = self.fuzz(url, "--max-time", "20", "--max-findings", "2")
        self.assertEqual(code, 1, said)
        causes = {f["diagnosis"][0] for f in self.without_warnings(self.report()) if f["diagnosis"]}
        self.assertEqual(causes, {FAULT, "filter.usage.none_as_all"})

    def test_workers_share_a_corpus_and_are_reported_as_one(self):
        _, url = self.serve("--fault", FAULT)
        code, said = self.fuzz(url, "--jobs", "2", "--max-time", "4")
        self.assertEqual(code, 1, said)
        report = self.report()
        self.assertEqual(report["campaign"]["workers"], 2)
        self.assertEqual([f["diagnosis"][:1] for f in self.without_warnings(report)], [[FAULT]])
        self.assertEqual(report["campaign"]["samples"][-1]["requests"], report["totals"]["exchanges"])

    def test_a_signal_ends_a_campaign_with_its_verdict(self):
        _, url = self.serve("--fault", FAULT)
        for number in (signal.SIGINT, signal.SIGTERM):
            campaign = self.start(url, "--max-time", "0")
            time.sleep(2.5)
            campaign.send_signal(number)
            code, said = self.end(campaign)
            self.assertEqual(code, 1, said)
            self.assertIn(f"by a signal ({number.name})", self.report()["campaign"]["ended"])

    def test_nothing_new_for_long_ends_a_campaign(self):
        _, url = self.serve(command=[sys.executable, HOSTILE, "refused_caller"])
        code, said = self.fuzz(url, "--quiet-for", "1", "--max-time", "30")
        self.assertEqual(code, 3, said)
        self.assertIn("refuses the caller", said)
        _, url = self.serve(command=[sys.executable, HOSTILE, "always_empty"])
        code, said = self.fuzz(url, "--quiet-for", "1", "--max-time", "60")
        self.assertIn("lists no snapshot", said)
        self.assertEqual(code, 3, said)

    def test_a_target_that_is_not_there_is_named(self):
        code, said = self.fuzz("http://127.0.0.1:9")
        self.assertEqual((code, said.count("\n")), (3, 1))
        self.assertIn("connection refused", said)

    def test_what_was_found_is_kept_if_the_target_dies(self):
        server, url = self.serve("--fault", FAULT)
        campaign = self.start(url, "--max-time", "60")
        time.sleep(3)
        server.kill()
        code, said = self.end(campaign)
        self.assertEqual(code, 3, said)
        self.assertIn("lost during the campaign", said)
        self.assertIn("page.size.limits", {f["rule"] for f in self.report()["findings"]})

    def test_a_target_that_throttles_is_asked_more_slowly(self):
        _, upstream = self.serve()
        _, url = self.serve(command=[sys.executable, HOSTILE, "hundredth_429", "--upstream", upstream])
        code, said = self.fuzz(url, "--max-time", "5")
        self.assertEqual(code, 0, said)
        self.assertGreater(self.report()["totals"]["throttled"], 0)

    def test_a_corpus_that_cannot_be_used_is_named(self):
        _, url = self.serve()
        self.out.mkdir()
        empty, file = self.out / "empty", self.out / "file"
        empty.mkdir()
        file.write_text("PageSize=1\n")
        for corpus, words in ((empty, "no input"), (file, "cannot be read"), (self.out / "none", "no such folder")):
            code, said = self.fuzz(url, "--corpus", str(corpus))
            self.assertEqual((code, said.count("\n")), (2, 1), said)
            self.assertIn(words, said)

    def test_inputs_are_kept_for_the_next_campaign(self):
        _, url = self.serve()
        corpus = self.out / "own"
        corpus.mkdir(parents=True)
        (corpus / "one").write_text("reading 0\nPageSize=7\n\n")
        code, said = self.fuzz(url, "--corpus", str(corpus), "--max-requests", "1000")
        self.assertEqual(code, 0, said)
        self.assertGreater(len(os.listdir(corpus)), 10)

    def test_a_campaign_of_which_a_report_is_missing_is_no_success(self):
        def fill():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        done = subprocess.run([ASSAY, "fuzz", "--max-requests", "300", "--max-time", "20", "--progress", "off",
                               "--out", str(self.out)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=90, preexec_fn=fill)
        self.assertEqual(done.returncode, 3, done.stdout)
        self.assertIn("CONFORMS", done.stdout)
        self.assertRegex(done.stdout, "report.html.*so the exit code is 3")

    def test_the_model_itself_is_fuzzed_without_a_target(self):
        done = subprocess.run([ASSAY, "fuzz", "--max-time", "3", "--progress", "off", "--out", str(self.out)],
                              capture_output=True, text=True, timeout=90)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertGreater(self.report()["totals"]["judged"], 100)


if __name__ == "__main__":
    ASSAY, SCRATCH = sys.argv[1], pathlib.Path(sys.argv[2])
    SCRATCH.mkdir(parents=True, exist_ok=True)
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
