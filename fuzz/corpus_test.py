#!/usr/bin/env python3
"""`assay corpus` and `assay fuzz --from` from outside: corpus_test.py ASSAY SCRATCH"""
import json
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import unittest

ASSAY, SCRATCH = "", pathlib.Path()
CORPUS = pathlib.Path(__file__).parent / "corpus" / "exchange_fuzz"


def assay(*arguments):
    done = subprocess.run([ASSAY, *map(str, arguments)], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


class Corpora(unittest.TestCase):
    def setUp(self):
        self.out = SCRATCH / self.id().rpartition(".")[2]
        shutil.rmtree(self.out, ignore_errors=True)
        self.out.mkdir(parents=True)

    def write(self, name, text):
        file = self.out / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def serve(self, *options):
        server = subprocess.Popen([ASSAY, "serve", "--listen", "127.0.0.1:0", *options], stdout=subprocess.PIPE,
                                  text=True)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        return server, server.stdout.readline().split()[-1]

    def features(self, folder, *options):
        code, said, errors = assay("corpus", "stats", folder, *options)
        self.assertEqual(code, 0, errors)
        return int(said.partition("features")[2].split()[0].replace(",", ""))

    def refused(self, *arguments):
        code, said, errors = assay(*arguments)
        self.assertEqual((code, said, errors.count("\n")), (2, "", 1), errors)
        return errors

    def test_a_corpus_that_is_minimised_shows_the_same(self):
        corpus = self.out / "corpus"
        shutil.copytree(CORPUS, corpus)
        self.write("corpus/double", "nonsense\nPageSize=3\nStatus=all\n")
        self.write("corpus/double2", "PageSize=3\nStatus=all\n")
        before, names = self.features(corpus), {p.name for p in corpus.iterdir()}
        code, said, errors = assay("corpus", "minimise", corpus)
        self.assertEqual(code, 0, errors)
        self.assertEqual(self.features(corpus), before)
        left, dropped = ({p.name for p in f.iterdir()} for f in (corpus, self.out / "corpus.dropped"))
        self.assertLess(len(left), len(names))
        self.assertEqual(left | dropped, names)
        self.assertIn(str(self.out / "corpus.dropped"), said)
        code, said, _ = assay("corpus", "minimize", corpus)
        self.assertEqual((code, self.features(corpus)), (0, before))
        self.assertEqual({p.name for p in corpus.iterdir()}, left)

    def test_a_merged_corpus_shows_what_all_show(self):
        one, other, out = self.out / "one", self.out / "other", self.out / "merged"
        self.write("one/a", "PageSize=three\n")
        self.write("other/a", "PageSize=3\nStatus=all\n")
        self.write("other/b", "MaxResults=2\n\nNextToken=$token.1\n")
        code, said, errors = assay("corpus", "merge", out, one, other)
        self.assertEqual(code, 0, errors)
        self.assertIn("3 of 3 inputs were added", said)
        shown = self.features(out)
        self.assertGreater(shown, self.features(other))
        code, said, _ = assay("corpus", "merge", out, one, other)
        self.assertEqual((code, self.features(out)), (0, shown))
        self.assertIn("0 of 3 inputs were added", said)

    def test_features_come_from_a_target_if_one_is_named(self):
        self.write("corpus/a", "Status=failed\n")
        self.write("corpus/b", "Status=failed\nUsage=none\n")
        _, sane = self.serve()
        _, wrong = self.serve("--fault", "filter.usage.none_as_all")
        shown = [self.features(self.out / "corpus", "--target", url) for url in (sane, wrong)]
        self.assertNotEqual(*shown)
        self.assertEqual(shown[0], self.features(self.out / "corpus", "--target", sane))

    def interrupted(self, interrupt):
        """What becomes of a corpus while a target is asked, if interrupt(command, server) is called."""
        for i in range(3000):
            self.write(f"corpus/{i}", f"PageSize={i}\n")
        server, url = self.serve()
        command = subprocess.Popen([ASSAY, "corpus", "minimise", str(self.out / "corpus"), "--target", url, "--rate",
                                    "500"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(1.5)
        interrupt(command, server)
        _, errors = command.communicate(timeout=60)
        self.assertEqual(command.returncode, 3, errors)
        self.assertIn("the corpus is as it was", errors)
        self.assertEqual(len(list((self.out / "corpus").iterdir())), 3000)
        self.assertFalse((self.out / "corpus.dropped").exists())
        return url, errors

    def test_a_target_that_is_lost_leaves_a_corpus_as_it_is(self):
        url, _ = self.interrupted(lambda command, server: server.kill())
        self.assertEqual(assay("corpus", "stats", self.out / "corpus", "--target", url)[0], 3)

    def test_a_signal_leaves_a_corpus_as_it_is(self):
        _, errors = self.interrupted(lambda command, server: command.send_signal(signal.SIGINT))
        self.assertIn("by a signal (SIGINT)", errors)

    def test_what_cannot_be_a_corpus_is_named(self):
        empty, one = self.out / "empty", self.out / "one"
        empty.mkdir()
        self.write("one/a", "PageSize=3\n")
        self.assertIn("the folder holds no input", self.refused("corpus", "stats", empty))
        self.assertIn("there is no such folder", self.refused("corpus", "minimise", self.out / "none"))
        self.assertIn("lies in", self.refused("corpus", "merge", one / "out", one))
        self.assertIn("given twice", self.refused("corpus", "merge", self.out / "new", one, one))
        self.assertIn("no such folder", self.refused("corpus", "merge", self.out / "new", one, self.out / "none"))

    def fuzz(self, *options):
        return assay("fuzz", "--max-time", "2", "--progress", "off", "--out", self.out / "fuzz", *options)

    def test_a_campaign_begins_with_the_requests_of_a_run_and_a_har_file(self):
        _, url = self.serve("--fault", "filter.usage.none_as_all")
        run = self.out / "run"
        self.assertEqual(assay("run", "--target", url, "--only", "token.*", "--only", "filter.usage.*", "--out", run,
                               "--progress", "off")[0], 1)
        code, said, errors = self.fuzz("--target", url, "--from", run, "--from", run / "evidence.har")
        self.assertEqual(code, 1, errors)
        self.assertRegex(said, r"\d+ inputs with \d+ requests from \S+journal\.ndjson\.zst; left out: \d+ ")
        self.assertRegex(said, r"inputs? with \d+ requests? from \S+evidence\.har")
        seeds = [p.read_text() for p in (self.out / "fuzz" / "seeds" / "from").iterdir()]
        self.assertTrue(any("NextToken=$token.1\n" in seed for seed in seeds))
        self.assertTrue(any("Usage=none\n" in seed for seed in seeds))
        header = subprocess.run(["zstdcat", self.out / "fuzz" / "journal.ndjson.zst"], capture_output=True, text=True,
                                check=True).stdout.splitlines()[0]
        self.assertIn(["--from", str(run)], json.loads(header)["options"])
        code, said, _ = self.fuzz("--target", url)
        self.assertFalse((self.out / "fuzz" / "seeds" / "from").exists())

    def test_what_no_campaign_can_begin_with_is_named(self):
        notes = self.write("notes.txt", "nothing\n")
        journal = self.write("broken.ndjson", "{}\n")
        for place, words in ((notes, "holds no request"), (journal, "not a line of a journal"),
                             (self.out / "none", "no such file")):
            errors = self.refused("fuzz", "--from", place)
            self.assertIn(words, errors)
            self.assertIn(str(place), errors)


if __name__ == "__main__":
    ASSAY, SCRATCH = sys.argv[1], pathlib.Path(sys.argv[2])
    SCRATCH.mkdir(parents=True, exist_ok=True)
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
