#!/usr/bin/env python3
"""What ClusterFuzz, OSS-Fuzz and ClusterFuzzLite ask of fuzz targets: clusterfuzz_test.py BUILT SCRATCH [--all]. BUILT is a folder in which the targets are built: that of the preset
asan, or $WORK/build of .clusterfuzzlite/build.sh. With --all every target is disassembled, not only one."""
import configparser
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / ".clusterfuzzlite" / "build.sh"
NAMES = sorted(path.stem for folder in ("fuzz", "conformance/*") for path in ROOT.glob(f"{folder}/*_fuzz.cc"))
BUILT, SCRATCH, ALL = pathlib.Path(), pathlib.Path(), False

# The figures of OSS-Fuzz's own check of a build.
FEWEST_EDGES = 100
FEWEST_ASAN_CALLS = 1000
MOST_UBSAN_CALLS_WITHOUT = 200
RUNS = 4
# What the image that runs the targets has, and the libraries of the compiler.
BASE = re.compile(r"(libc|libm|libdl|librt|libpthread|libresolv|libgcc_s|libstdc\+\+|ld-linux-x86-64)\.so\.\d+$")
OPTIONS_OF_THE_RUNNER = ("-rss_limit_mb=2560", "-timeout=25")
SANITIZER_OPTIONS = ("allocator_may_return_null=1:detect_leaks=1:detect_odr_violation=0:"
                     "detect_stack_use_after_return=1:handle_abort=1:quarantine_size_mb=10")


def environment_of_the_builder(work, out, engine):
    """As the image base-builder sets it, with the compiler of this system."""
    flags = ("-O1 -fno-omit-frame-pointer -gline-tables-only -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION "
             "-fsanitize=address -fsanitize-address-use-after-scope -fsanitize=fuzzer-no-link")
    return os.environ | {"CC": "clang-16", "CXX": "clang++-16", "CFLAGS": flags, "CXXFLAGS": flags,
                         "LIB_FUZZING_ENGINE": engine, "SANITIZER": "address", "FUZZING_ENGINE": "libfuzzer",
                         "SRC": str(work / "src"), "WORK": str(work), "OUT": str(out)}


def run(*command, cwd=None, env=None, timeout=120):
    environment = os.environ | {"ASAN_OPTIONS": SANITIZER_OPTIONS} | (env or {})
    return subprocess.run([str(part) for part in command], cwd=cwd, env=environment, text=True, errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout)


def fresh(name):
    folder = SCRATCH / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


class TestCase(unittest.TestCase):
    def ok(self, done, what=""):
        self.assertEqual(done.returncode, 0, f"{what}: {done.stdout[-3000:]}")
        return done.stdout


class Targets(TestCase):
    """Each target, laid out and then moved elsewhere, as OSS-Fuzz moves it before it checks a build."""

    @classmethod
    def setUpClass(cls):
        work, out = fresh("work"), fresh("out")
        done = run("bash", BUILD, "lay_out", BUILT, cwd=ROOT,
                   env=environment_of_the_builder(work, out, "-fsanitize=fuzzer"))
        assert done.returncode == 0, done.stdout
        cls.out = SCRATCH / "elsewhere"
        shutil.rmtree(cls.out, ignore_errors=True)
        out.rename(cls.out)

    def each(self):
        for name in NAMES:
            with self.subTest(target=name):
                yield name

    def test_are_all_there_under_names_that_run(self):
        targets = sorted(path.name for path in self.out.iterdir() if path.is_file() and os.access(path, os.X_OK))
        self.assertEqual(targets, NAMES)
        for name in self.each():
            self.assertRegex(name, r"^[A-Za-z0-9_-]+$")
            binary = (self.out / name).read_bytes()
            self.assertTrue(binary.startswith(b"\x7fELF"))
            self.assertIn(b"LLVMFuzzerTestOneInput", binary)

    def test_start_and_see_edges(self):
        for name in self.each():
            said = self.ok(run(f"./{name}", "-seed=1337", f"-runs={RUNS}", cwd=self.out))
            self.assertIn(f"Done {RUNS} runs", said)
            edges = re.search(r"INFO: Loaded \d+ modules .*counters\): (\d+)", said)
            self.assertGreater(int(edges[1]), FEWEST_EDGES)

    def test_take_their_seeds_dictionary_and_options(self):
        for name in self.each():
            corpus = fresh(f"corpus/{name}")
            with zipfile.ZipFile(self.out / f"{name}_seed_corpus.zip") as seeds:
                self.assertIsNone(seeds.testzip())
                seeds.extractall(corpus)
            count = len(list(corpus.iterdir()))
            self.assertGreater(count, 0)
            options = configparser.ConfigParser()
            self.assertTrue(options.read(self.out / f"{name}.options"))
            flags = [f"-{key}={value}" for key, value in options["libfuzzer"].items()]
            said = self.ok(run(f"./{name}", *OPTIONS_OF_THE_RUNNER, *flags, f"-dict={name}.dict", "-runs=0", corpus,
                               cwd=self.out))
            self.assertNotIn("WARNING: unrecognized flag", said)
            self.assertRegex(said, r"Dictionary: [1-9]\d+ entries")
            self.assertRegex(said, rf"\b{count} files found in")
            largest = max(path.stat().st_size for path in corpus.iterdir())
            self.assertLessEqual(largest, options.getint("libfuzzer", "max_len"), "a seed would be cut")

    def test_need_no_library_that_other_machines_lack(self):
        for name in self.each():
            said = self.ok(run("ldd", self.out / name))
            self.assertNotIn("not found", said)
            for line in said.splitlines():
                needed = line.split()[0]
                if "linux-vdso" in needed or BASE.search(needed):
                    continue
                self.assertIn(f"{self.out}/lib/", line, "comes from this system")

    def test_are_built_with_the_sanitizer(self):
        for name in NAMES if ALL else ["parser_fuzz"]:
            with self.subTest(target=name):
                objdump = subprocess.Popen(["objdump", "-d", "--no-show-raw-insn", self.out / name],
                                           stdout=subprocess.PIPE)
                calls = subprocess.run(["grep", "-oE", "callq? +[0-9a-f]+ <__(asan|ubsan|msan)"],
                                       stdin=objdump.stdout, stdout=subprocess.PIPE, text=True).stdout
                objdump.stdout.close()
                self.assertEqual(objdump.wait(), 0)
                self.assertGreaterEqual(calls.count("<__asan"), FEWEST_ASAN_CALLS)
                self.assertEqual(calls.count("<__msan"), 0)
                if ALL:  # the preset asan has both sanitizers, a service builds with one
                    self.assertLessEqual(calls.count("<__ubsan"), MOST_UBSAN_CALLS_WITHOUT)


class Build(TestCase):
    def test_uses_the_flags_and_the_engine_that_it_is_given(self):
        for engine in ("-fsanitize=fuzzer", "/usr/lib/libFuzzingEngine.a"):
            with self.subTest(engine=engine):
                work, out = fresh("configured"), fresh("nothing")
                environment = environment_of_the_builder(work, out, engine)
                self.ok(run("bash", BUILD, "configure", cwd=ROOT, env=environment))
                for command in json.loads((work / "build" / "compile_commands.json").read_text()):
                    text = command["command"]
                    self.assertIn(environment["CXXFLAGS"], text)
                    sanitizers = set(re.findall(r"-fsanitize=\S+", text))
                    self.assertLessEqual(sanitizers, {"-fsanitize=address", "-fsanitize=fuzzer-no-link"})
                for name in NAMES:
                    link = self.ok(run("ninja", "-C", work / "build", "-t", "commands", "-s", name))
                    self.assertRegex(link, rf"\s{re.escape(engine)}\s")

    def test_says_how_it_is_used(self):
        done = run("bash", BUILD, "layout", cwd=ROOT,
                   env=environment_of_the_builder(SCRATCH, SCRATCH, "-fsanitize=fuzzer"))
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn("usage: build.sh", done.stdout)


if __name__ == "__main__":
    ALL = "--all" in sys.argv
    arguments = [argument for argument in sys.argv[1:] if argument != "--all"]
    if len(arguments) != 2:
        sys.exit(__doc__)
    BUILT, SCRATCH = (pathlib.Path(argument).resolve() for argument in arguments)
    SCRATCH.mkdir(parents=True, exist_ok=True)
    unittest.main(argv=sys.argv[:1])
