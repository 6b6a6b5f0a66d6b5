#!/usr/bin/env python3
"""Kills runs at random moments and has them resumed: killed_run_test.py PROGRAM [--kills N] [--seed S].

Nothing that was judged may be lost but the last frame of the journal, `assay report` tells what was
found so far, and the resumed run ends as one that nobody stopped."""
import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time

FAULT = "filter.usage.none_as_all"


def start_server(program):
    server = subprocess.Popen([program, "serve", "--listen", "127.0.0.1:0", "--fault", FAULT],
                              stdout=subprocess.PIPE, text=True)
    return server, server.stdout.readline().split()[-1]


def outcome(folder):
    report = json.loads((folder / "report.json").read_text())
    return (report["verdict"], sorted(f["id"] for f in report["findings"]), report["totals"]["exchanges"],
            report["totals"]["held"])


def run(program, *arguments):
    return subprocess.run([program, *arguments], capture_output=True, text=True, timeout=300)


def judged(program, folder):
    """The exit code of `assay report`, and how many exchanges it knows; 2 if the run never began."""
    done = run(program, "report", folder, "--format", "json")
    if done.returncode == 2:
        return 2, 0
    return done.returncode, json.loads((folder / "report.json").read_text())["totals"]["exchanges"]


def kill_once(program, url, folder, seconds, whole):
    with subprocess.Popen([program, "run", "--target", url, "--progress", "off", "--out", folder],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        time.sleep(seconds)
        process.kill()
    code, exchanges = judged(program, folder)
    if code == 2:
        return "killed before it began"
    resumed = run(program, "run", "--resume", folder, "--progress", "off")
    if resumed.returncode != 1 or outcome(folder) != whole:
        sys.exit(f"killed after {exchanges} exchanges: ended with {resumed.returncode}, "
                 f"{outcome(folder)} in place of {whole}\n{resumed.stdout}{resumed.stderr}")
    return f"killed after {exchanges} exchanges, reported with {code}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    program = pathlib.Path(arguments.program).resolve()
    random.seed(arguments.seed)
    server, url = start_server(program)
    try:
        with tempfile.TemporaryDirectory() as name:
            begun = time.monotonic()
            done = run(program, "run", "--target", url, "--progress", "off", "--out", f"{name}/whole")
            seconds = time.monotonic() - begun
            whole = outcome(pathlib.Path(name) / "whole")
            if done.returncode != 1 or not whole[1]:
                sys.exit(f"the whole run ended with {done.returncode}: {done.stdout}{done.stderr}")
            for kill in range(arguments.kills):
                moment = random.uniform(0.2, 0.9) * seconds
                print(kill_once(program, url, pathlib.Path(name) / f"run{kill}", moment, whole), flush=True)
    finally:
        server.kill()
        server.wait()


main()
