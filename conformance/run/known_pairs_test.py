#!/usr/bin/env python3
"""Accepts the mistakes of a server and adds another: known_pairs_test.py PROGRAM [--pairs N] [--seed S].

With the first mistake accepted the run must end with 0, or with 3 if that mistake leaves nothing to
judge; and with 1 once there is a second one."""
import random
import sys
import tempfile

from program_for_test import Server, arguments_of, faults_of, run_at


def judge(program, faults, folder, *options):
    with Server(program, *faults) as server:
        return run_at(program, server.url, folder, *options)


def try_pair(program, first, second, folder):
    """What is wrong with the pair; "" for nothing, None if the second mistake alone fails no run."""
    known = f"{folder}/known.json"
    accepted = judge(program, [first], f"{folder}/a", "--write-known", known)
    if accepted.returncode != 1:
        return None
    if judge(program, [second], f"{folder}/c").returncode != 1:
        return None
    again = judge(program, [first], f"{folder}/a", "--known", known)
    nothing_judged = again.returncode == 3 and "no answer could be judged" in again.stdout
    if again.returncode != 0 and not nothing_judged:
        return f"{first} accepted, but the run ends with {again.returncode}\n{again.stdout}"
    both = judge(program, [first, second], f"{folder}/b", "--known", known, "--fail-on", "new")
    if both.returncode != 1:
        return f"{second} hides behind {first}: ended with {both.returncode}\n{both.stdout}"
    return ""


def main():
    arguments = arguments_of(__doc__, "pairs")
    every = [f for f in faults_of(arguments.program) if not f.startswith(("wire.", "auth.", "http."))]
    bad = tried = 0
    while tried < arguments.pairs:
        first, second = random.sample(every, 2)
        with tempfile.TemporaryDirectory() as folder:
            wrong = try_pair(arguments.program, first, second, folder)
        if wrong is None:
            continue
        tried += 1
        bad += 1 if wrong else 0
        print(f"{first} + {second}: {wrong or 'seen'}", flush=True)
    if bad:
        sys.exit(f"{bad} of {tried} pairs hide the second mistake")


main()
