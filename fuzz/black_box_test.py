#!/usr/bin/env python3
"""The black-box fuzzer for ClusterFuzz, `run`, and what runs a case, `run_case`: black_box_test.py ASSAY PROGRAMS
SCRATCH. PROGRAMS is the folder with both."""
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import threading
import unittest

ASSAY, PROGRAMS, SCRATCH = (pathlib.Path(),) * 3
FAULT = "paging.size.one_more"
# How ClusterFuzz reads a failed check: the file, then what failed.
FAILED_CHECK = re.compile(r"\s*\[[^\]]*[:]([^\](]*).*\].*Check failed[:]\s*(.*)")


class ForwarderThatDies:
    """Passes bytes on to a server, until a request holds a certain text: then nothing listens any more."""

    def __init__(self, url, deadly):
        self.server = re.match(r"http://(.*):(\d+)", url).groups()
        self.deadly = deadly
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.open = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        try:
            while True:
                client = self.listener.accept()[0]
                server = socket.create_connection(self.server)
                self.open += [client, server]
                threading.Thread(target=self.copy, args=(client, server, self.deadly), daemon=True).start()
                threading.Thread(target=self.copy, args=(server, client, None), daemon=True).start()
        except OSError:
            pass

    def copy(self, source, to, deadly):
        try:
            while data := source.recv(65536):
                if deadly and deadly in data:
                    return self.die()
                to.sendall(data)
            to.close()
        except OSError:
            pass

    def die(self):
        for one in [self.listener, *self.open]:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()


class BlackBox(unittest.TestCase):
    def setUp(self):
        self.folder = SCRATCH / self.id().rpartition(".")[2]
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "in").mkdir(parents=True)

    def serve(self, *options):
        server = subprocess.Popen([ASSAY, "serve", "--listen", "127.0.0.1:0", *options], stdout=subprocess.PIPE,
                                  text=True)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        return server.stdout.readline().split()[-1]

    def write_cases(self, count, *options, out="out"):
        done = subprocess.run([PROGRAMS / "run", "--input_dir", self.folder / "in", "--output_dir", self.folder / out,
                               "--no_of_files", str(count), *options], capture_output=True, text=True, timeout=60)
        cases = sorted((self.folder / out).glob("*")) if done.returncode == 0 else []
        return done, cases

    def run_case(self, url, case, *options):
        done = subprocess.run([PROGRAMS / "run_case", "--target", url, *options, str(case)], capture_output=True,
                              text=True, timeout=60)
        return done, [line for line in done.stdout.splitlines() if FAILED_CHECK.match(line)]

    def write(self, text, name="case"):
        path = self.folder / name
        path.write_text(text)
        return path

    def test_writes_as_many_cases_as_asked_from_an_empty_corpus(self):
        done, cases = self.write_cases(60, "--seed", "7")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(cases), 60)
        texts = {case.read_bytes() for case in cases}
        self.assertGreater(len(texts), 50, "they differ")
        for case in cases:
            self.assertTrue(case.name.startswith("fuzz-"), "ClusterFuzz looks for these names")
            self.assertRegex(case.read_bytes(), rb"(?m)^[^@\n]+=")

    def test_equal_seeds_give_equal_cases(self):
        (self.folder / "in" / "earlier").write_text("Status=failed\nSnapshotName=of the corpus\n")
        by_out = {}
        for out, seed in (("a", "3"), ("b", "3"), ("c", "4")):
            done, cases = self.write_cases(40, f"--seed={seed}", out=out)
            self.assertEqual(done.returncode, 0, done.stderr)
            by_out[out] = [case.read_bytes() for case in cases]
        self.assertEqual(by_out["a"], by_out["b"])
        self.assertNotEqual(by_out["a"], by_out["c"])
        self.assertTrue(any(b"of the corpus" in text for text in by_out["a"]), "the corpus is used")

    def test_bad_arguments_are_errors(self):
        self.assertEqual(self.write_cases(0)[0].returncode, 2)
        shutil.rmtree(self.folder / "in")
        done, _ = self.write_cases(1)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--input_dir", done.stderr)

    def test_a_target_that_conforms_fails_no_case(self):
        url = self.serve()
        for case in self.write_cases(8, "--seed", "1")[1]:
            done, checks = self.run_case(url, case)
            self.assertEqual(done.returncode, 0, f"{case.read_text()}{done.stdout}{done.stderr}")
            self.assertEqual(checks, [])

    def test_cases_that_show_one_fault_say_the_same(self):
        url = self.serve("--fault", FAULT)
        lines = set()
        for number, text in enumerate(("PageSize=10\n", "PageSize=10\nStatus=all\n\nStatus=failed\n")):
            done, checks = self.run_case(url, self.write(text, f"fuzz-{number}"))
            self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
            self.assertEqual(done.stdout.splitlines()[-1:], checks)
            lines.update(checks)
        self.assertEqual(len(lines), 1, lines)
        rule, check = FAILED_CHECK.match(lines.pop()).groups()
        self.assertRegex(rule, r"^[a-z_]+(\.[a-z_]+)+$")
        self.assertRegex(check, r"^[0-9a-f]+$")

    def test_what_cannot_be_judged_is_no_finding(self):
        case = self.write("Status=all\n")
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            done, checks = self.run_case(f"http://127.0.0.1:{nobody.getsockname()[1]}", case)
        self.assertEqual((done.returncode, checks), (3, []), done.stderr)
        url = self.serve()
        done, checks = self.run_case(url, self.write("nothing of use\n"))
        self.assertEqual((done.returncode, checks), (3, []))
        self.assertIn("holds no request", done.stderr)
        done, checks = self.run_case(url, self.folder / "not_there")
        self.assertEqual((done.returncode, checks), (2, []))

    def test_a_target_that_dies_of_a_case_is_a_finding(self):
        url = ForwarderThatDies(self.serve(), b"PageSize=13").url
        done, checks = self.run_case(url, self.write("Status=all\n"))
        self.assertEqual((done.returncode, checks), (0, []), done.stdout + done.stderr)
        done, checks = self.run_case(url, self.write("PageSize=13\n"), "--max-time", "20")
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual([FAILED_CHECK.match(line).groups() for line in checks[-1:]],
                         [("target", "answers after the test case, too")], done.stdout + done.stderr)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    ASSAY, PROGRAMS, SCRATCH = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    SCRATCH.mkdir(parents=True, exist_ok=True)
    unittest.main(argv=sys.argv[:1])
