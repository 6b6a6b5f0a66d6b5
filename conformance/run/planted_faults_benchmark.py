#!/usr/bin/env python3
"""How many of several faults in one server a default run sees, and names.

    planted_faults_benchmark.py ASSAY SCRATCH [--draws 50] [--planted 3 6 10] [--seed 1] [--jobs 2]

Each draw plants so many faults of the catalogue in `assay serve`, all but those of signatures and of the transport, and
makes one `assay run` at it. A fault is named if it is the first diagnosis of a finding, and seen if it is named or a
finding is of a rule that it breaks. One that was not seen is planted again beside each of the others alone: if it is
not seen beside one of them, that one covers it, and it does not count. Ends with 1 if fewer than 95 % of the others
are seen.
"""
import argparse
import concurrent.futures
import functools
import itertools
import json
import pathlib
import random
import re
import subprocess
import sys

LEAST = 0.95
OF_THE_TRANSPORT = ("receive", "authenticate", "send")


def catalogue(assay):
    """The ids of all faults but those of signatures, which a run without a key does not try."""
    rows = subprocess.run([assay, "selftest", "--list"], check=True, capture_output=True, text=True).stdout
    return [row.split()[0] for row in rows.splitlines() if not row.startswith("auth.")]


@functools.cache
def explain(assay, fault):
    """The stage of the answer at which the server makes the mistake, and the rules that it breaks."""
    text = subprocess.run([assay, "explain", fault], check=True, capture_output=True, text=True).stdout
    return (re.search(r"^  stage: (\S+)$", text, re.M)[1],
            set(re.search(r"^  breaks: (.*)$", text, re.M)[1].split(", ")))


def findings_of(assay, planted, folder):
    server = subprocess.Popen(
        [assay, "serve", "--listen", "127.0.0.1:0", *itertools.chain(*(("--fault", one) for one in planted))],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        url = next(line.split()[-1] for line in server.stdout if line.startswith("listening on "))
        done = subprocess.run([assay, "run", "--target", url, "--progress", "off", "--out", folder],
                              capture_output=True, text=True, timeout=900)
        if done.returncode not in (0, 1):
            print(f"exit {done.returncode} with {', '.join(planted)}: {done.stdout[-300:]}", flush=True)
            return []
        return json.loads((pathlib.Path(folder) / "report.json").read_text())["findings"]
    finally:
        server.terminate()
        server.wait()


def is_seen(assay, fault, findings):
    return any(one["rule"] in explain(assay, fault)[1] or fault in one["diagnosis"][:1] for one in findings)


def try_draw(assay, folder, planted):
    """Of one draw: the faults that are seen, that are named first, and those that another one covers."""
    findings = findings_of(assay, planted, f"{folder}/all")
    seen = {one for one in planted if is_seen(assay, one, findings)}
    named = {one["diagnosis"][0] for one in findings if one["diagnosis"]} & set(planted)
    covered = {}
    for one in set(planted) - seen:
        coverer = covering(assay, folder, one, [other for other in planted if other != one])
        covered.update({one: coverer} if coverer else {})
    return seen, named, covered


def covering(assay, folder, fault, others):
    """The first of the others beside which alone the fault is not seen either."""
    for other in others:
        if not is_seen(assay, fault, findings_of(assay, [fault, other], f"{folder}/pair")):
            return other
    return None


def draw(assay, faults, count, drawing):
    planted = []
    while len(planted) < count:
        one = drawing.choice(faults)
        if one not in planted and explain(assay, one)[0] not in OF_THE_TRANSPORT:
            planted.append(one)
    return planted


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("assay")
    parser.add_argument("scratch")
    parser.add_argument("--draws", type=int, default=50)
    parser.add_argument("--planted", type=int, nargs="+", default=[3, 6, 10])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    faults = catalogue(options.assay)
    good = True
    for count in options.planted:
        drawing = random.Random(f"{options.seed} {count}")
        draws = [draw(options.assay, faults, count, drawing) for _ in range(options.draws)]
        total = seen = named = covered = 0
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            outcomes = pool.map(lambda i: try_draw(options.assay, f"{options.scratch}/{count}-{i}", draws[i]),
                                range(len(draws)))
            for planted, (of_seen, of_named, of_covered) in zip(draws, outcomes):
                total, seen = total + count, seen + len(of_seen)
                named, covered = named + len(of_named), covered + len(of_covered)
                for one in sorted(set(planted) - of_seen):
                    beside = f"covered by {of_covered[one]}" if one in of_covered else "MISSED beside " + ", ".join(planted)
                    print(f"{count}: {one}: {beside}", flush=True)
        share = seen / (total - covered)
        good = good and share >= LEAST
        print(f"{count} planted, {len(draws)} draws: {seen} of {total} seen, {covered} covered by another, "
              f"{share:.1%} of the others seen, {named} named", flush=True)
    sys.exit(0 if good else 1)


main()
