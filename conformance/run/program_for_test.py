"""What the tests of the whole program share: arguments, servers that commit faults, commands run to their end."""
import argparse
import pathlib
import random
import subprocess


def arguments_of(description, count):
    """PROGRAM (an absolute path), --COUNT N (1) and --seed S (1), with which chance begins."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("program", type=lambda name: pathlib.Path(name).resolve())
    parser.add_argument(f"--{count}", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    random.seed(arguments.seed)
    return arguments


class Server:
    """`assay serve` on a free port, with faults and other options; ends with the block that uses it."""

    def __init__(self, program, *faults, options=()):
        self.process = subprocess.Popen(
            [program, "serve", "--listen", "127.0.0.1:0", *options,
             *[word for fault in faults for word in ("--fault", fault)]], stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


def run(program, *arguments, **more):
    return subprocess.run([program, *arguments], capture_output=True, text=True, timeout=600, **more)


def run_at(program, url, folder, *options):
    """Judges the target, with its reports in the folder."""
    return run(program, "run", "--target", url, "--progress", "off", "--out", folder, *options)


def faults_of(program):
    """The ids of all faults of the catalogue."""
    return [line.split()[0] for line in run(program, "selftest", "--list", check=True).stdout.splitlines()]
