#!/usr/bin/env python3
"""Runs what a run prints for its findings, as it is printed: repro_test.py PROGRAM [--faults N] [--seed S].

At the faulty server the `try` line of the terminal and each script of repro/ must show another answer than at
the right one, and the `again` line must say SAME, at the right server FIXED."""
import pathlib
import random
import re
import subprocess
import sys
import tempfile

from program_for_test import Server, arguments_of, faults_of, run_at

# Parts of an answer that differ from one to the next.
CHANGING = [r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}", r"(?m)^Date: .*$"]
# Suites that find what the rules' own cases find, with many more requests.
LONG = ("interactions.*", "odd_values.*", "properties.*", "draws.*", "sweeps.*", "combinations.*")
# curl makes no signatures, and no connection that is used twice.
NOT_BY_CURL = ("auth.", "wire.", "http.")


def shown(text, folder, program):
    """What bash prints of a command, without what changes from answer to answer, and its exit code."""
    (folder / "bin").mkdir(exist_ok=True)
    if not (folder / "bin/assay").exists():
        (folder / "bin/assay").symlink_to(program)
    done = subprocess.run(["/bin/bash", "-c", text], capture_output=True, timeout=100, stdin=subprocess.DEVNULL,
                          env={"PATH": f"{folder}/bin:/usr/bin:/bin"})
    out = (done.stdout + done.stderr).decode(errors="replace")
    for pattern in CHANGING:
        out = re.sub(pattern, "", out)
    return out, done.returncode


def printed(said, name):
    """The command that the terminal printed under that name, "" for none."""
    found = re.search(rf"(?m)^  {name} +(.*)$", said)
    return found[1] if found else ""


def problems_of(fault, program, right, folder):
    with Server(program, fault) as wrong:
        report = folder / "report"
        done = run_at(program, wrong.url, report, "--strength", "1",
                      *[word for suite in LONG for word in ("--skip", suite)])
        if not list(report.glob("repro/*.sh")):
            done = run_at(program, wrong.url, report, "--strength", "1")

        def at_both(command):
            yield shown(command, folder, program)
            yield shown(command.replace(wrong.url, right.url), folder, program)

        commands = {script.name: script.read_text() for script in sorted(report.glob("repro/*.sh"))}
        if not commands:
            yield f"finds nothing, ends with {done.returncode}"
            return
        # A long command is one of the scripts.
        if printed(done.stdout, "try").startswith("curl "):
            commands["try"] = printed(done.stdout, "try")
        for name, command in commands.items():
            (there, code), (here, code_here) = at_both(command)
            if there == here:
                yield f"{name} shows no difference: {code} {code_here} {command.splitlines()[-1]}\n{there[:500]}"
        (there, code), (here, code_here) = at_both(printed(done.stdout, "again"))
        if code not in (0, 1) or not re.search(r"(?m)^ *SAME", there):
            yield f"`again` says {code}: {there}"
        if code_here not in (0, 1) or re.search(r"(?m)^ *SAME", here) or "FIXED" not in here:
            yield f"`again` at the right server says {code_here}: {here}"


def main():
    arguments = arguments_of(__doc__, "faults")
    every = [fault for fault in faults_of(arguments.program) if not fault.startswith(NOT_BY_CURL)]
    bad = 0
    with Server(arguments.program) as right:
        for fault in random.sample(every, arguments.faults):
            with tempfile.TemporaryDirectory() as folder:
                problems = list(problems_of(fault, arguments.program, right, pathlib.Path(folder)))
            bad += 1 if problems else 0
            print(f"{fault}: {'shown' if not problems else ''}" + "".join(f"\n  {p}" for p in problems), flush=True)
    if bad:
        sys.exit(f"what is printed for {bad} of {arguments.faults} faults does not show them")


main()
