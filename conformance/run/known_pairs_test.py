#!/usr/bin/env python3
"""Accepts the mistakes of a server and adds another: known_pairs_test.py PROGRAM [--pairs N] [--seed S].

With the first mistake accepted the run must end with 0, and with 1 once there is a second one."""
import argparse
import pathlib
import random
import subprocess
import sys
import tempfile


def faults(program):
    listed = subprocess.run([program, "selftest", "--list"], capture_output=True, text=True, check=True)
    return [line.split()[0] for line in listed.stdout.splitlines()]


def run(program, faults_, folder, *options):
    server = subprocess.Popen(
        [program, "serve", "--listen", "127.0.0.1:0", *[word for f in faults_ for word in ("--fault", f)]],
        stdout=subprocess.PIPE, text=True)
    try:
        url = server.stdout.readline().split()[-1]
        return subprocess.run([program, "run", "--target", url, "--progress", "off", "--out", folder,
                               *options], capture_output=True, text=True, timeout=600)
    finally:
        server.terminate()
        server.wait()


def try_pair(program, first, second, folder):
    """What is wrong with the pair; "" for nothing, None if the second mistake alone fails no run."""
    known = f"{folder}/known.json"
    accepted = run(program, [first], f"{folder}/a", "--write-known", known)
    if accepted.returncode != 1:
        return None
    if run(program, [second], f"{folder}/c").returncode != 1:
        return None
    again = run(program, [first], f"{folder}/a", "--known", known)
    if again.returncode != 0:
        return f"{first} accepted, but the run ends with {again.returncode}\n{again.stdout}"
    both = run(program, [first, second], f"{folder}/b", "--known", known, "--fail-on", "new")
    if both.returncode != 1:
        return f"{second} hides behind {first}: ended with {both.returncode}\n{both.stdout}"
    return ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--pairs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    program = pathlib.Path(arguments.program).resolve()
    random.seed(arguments.seed)
    every = [f for f in faults(program) if not f.startswith(("wire.", "auth.", "http."))]
    bad = tried = 0
    while tried < arguments.pairs:
        first, second = random.sample(every, 2)
        with tempfile.TemporaryDirectory() as folder:
            wrong = try_pair(program, first, second, folder)
        if wrong is None:
            continue
        tried += 1
        bad += 1 if wrong else 0
        print(f"{first} + {second}: {wrong or 'seen'}", flush=True)
    if bad:
        sys.exit(f"{bad} of {tried} pairs hide the second mistake")


main()
