#!/usr/bin/env python3
"""How libFuzzer spreads over processes, with our mutator and our counters of answers: scaling_test.py BUILT SCRATCH.
BUILT is a folder in which the fuzz targets are built, as by the preset asan."""
import pathlib
import shutil
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILT, SCRATCH = pathlib.Path(), pathlib.Path()


def fresh(name):
    folder = SCRATCH / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


class Scaling(unittest.TestCase):
    def ok(self, done):
        self.assertEqual(done.returncode, 0, done.stdout[-3000:])
        return done.stdout

    def fuzz(self, *flags, name="exchange_fuzz", cwd=None):
        command = [str(part) for part in (BUILT / name, "-seed=1", *flags)]
        return subprocess.run(command, cwd=cwd or SCRATCH, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", timeout=200)

    @staticmethod
    def seeds():
        return BUILT / "fuzz-seeds" / "exchange_fuzz"

    def test_forked_processes_fill_one_corpus(self):
        folder, corpus = fresh("forked"), fresh("forked/corpus")
        said = self.ok(self.fuzz("-fork=2", "-runs=1000", "-max_total_time=100", corpus, self.seeds(), cwd=folder))
        self.assertRegex(said, r"fuzzed for \d+ iterations")
        self.assertIn("found LLVMFuzzerCustomMutator", said)
        self.assertGreater(len(list(corpus.iterdir())), 20)
        self.assertEqual(list(folder.glob("crash-*")), [])

    def test_processes_read_what_others_add_to_a_shared_corpus(self):
        corpus = fresh("shared")
        command = [BUILT / "exchange_fuzz", "-max_total_time=6", "-reload=1", corpus]
        fuzzers = [subprocess.Popen([*command, f"-seed={seed}", *more], cwd=SCRATCH, text=True, errors="replace",
                                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                   for seed, more in ((1, [self.seeds()]), (2, []))]
        said = [fuzzer.communicate(timeout=60)[1] for fuzzer in fuzzers]
        self.assertEqual([fuzzer.returncode for fuzzer in fuzzers], [0, 0], said)
        self.assertIn("RELOAD", said[1])
        self.assertIn("found LLVMFuzzerCustomMutator", said[1])

    def test_merging_adds_only_what_shows_something_new(self):
        merged = fresh("merged")
        merge = ("-merge=1", merged, self.seeds(), ROOT / "fuzz" / "corpus" / "exchange_fuzz")
        self.ok(self.fuzz(*merge))
        kept = len(list(merged.iterdir()))
        self.assertGreater(kept, 20)
        self.ok(self.fuzz(*merge))
        self.assertEqual(len(list(merged.iterdir())), kept)

    def test_merging_sees_the_counters_of_answers(self):
        inputs, merged = fresh("bytes"), fresh("merged_bytes")
        for byte in range(30):
            (inputs / f"{byte:02}").write_bytes(bytes([byte]))
        self.ok(self.fuzz("-merge=1", merged, inputs, name="features_check"))
        self.assertGreater(len(list(merged.iterdir())), 20, "each status is a feature, though no branch tells them apart")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    BUILT, SCRATCH = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    SCRATCH.mkdir(parents=True, exist_ok=True)
    unittest.main(argv=sys.argv[:1])
