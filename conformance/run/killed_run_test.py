#!/usr/bin/env python3
"""Kills runs at random moments and has them resumed: killed_run_test.py PROGRAM [--kills N] [--seed S].

Nothing that was judged may be lost but the last frame of the journal, `assay report` tells what was
found so far, and the resumed run ends as one that nobody stopped."""
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time

from program_for_test import Server, arguments_of, run, run_at

FAULT = "filter.usage.none_as_all"


def outcome(folder):
    report = json.loads((folder / "report.json").read_text())
    return (report["verdict"], sorted(f["id"] for f in report["findings"]), report["totals"]["exchanges"],
            report["totals"]["held"])


def judged(program, folder):
    """The exit code of `assay report`, and how many exchanges it knows; None if the run wrote nothing."""
    done = run(program, "report", folder, "--format", "json")
    if not (folder / "report.json").exists():
        return None, 0
    return done.returncode, json.loads((folder / "report.json").read_text())["totals"]["exchanges"]


def journal_size(folder):
    journal = folder / "journal.ndjson.zst"
    return journal.stat().st_size if journal.exists() else 0


def kill_once(program, url, folder, size, whole):
    """Kills a run once its journal has that many bytes: a busy machine takes longer at one time than at another."""
    with subprocess.Popen([program, "run", "--target", url, "--progress", "off", "--out", folder],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and journal_size(folder) < size:
            time.sleep(0.001)
        if process.poll() is not None:
            sys.exit(f"the run ended with {process.returncode} before it could be killed")
        process.kill()
    code, exchanges = judged(program, folder)
    if code is None:
        return "killed before it began"
    resumed = run(program, "run", "--resume", folder, "--progress", "off")
    if resumed.returncode != 1 or outcome(folder) != whole:
        sys.exit(f"killed after {exchanges} exchanges: ended with {resumed.returncode}, "
                 f"{outcome(folder)} in place of {whole}\n{resumed.stdout}{resumed.stderr}")
    return f"killed after {exchanges} exchanges, reported with {code}"


def main():
    arguments = arguments_of(__doc__, "kills")
    program = arguments.program
    with Server(program, FAULT) as server, tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        done = run_at(program, server.url, folder / "whole")
        whole = outcome(folder / "whole")
        if done.returncode != 1 or not whole[1]:
            sys.exit(f"the whole run ended with {done.returncode}: {done.stdout}{done.stderr}")
        for kill in range(arguments.kills):
            size = random.uniform(0, 0.95) * journal_size(folder / "whole")
            print(kill_once(program, server.url, folder / f"run{kill}", size, whole), flush=True)


main()
