#!/usr/bin/env python3
"""Counts what fixed work costs, in instructions, and compares it with instruction_figures.json.

compare_instructions.py BENCHMARK [--accept] [--at-most PERCENT]

BENCHMARK is build/release/instruction_benchmark. Seconds differ from run to run, instructions hardly do. Ends with
1 if some work takes more than PERCENT (10) more instructions than its figure, with 2 if it cannot be measured or
a work has no figure. On a kind of machine without any figures it says so, compares nothing and ends with 0.
--accept writes what was measured to the file, in place of comparing."""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

FIGURES = pathlib.Path(__file__).with_name("instruction_figures.json")


def give_up(message):
    print(message, file=sys.stderr)
    sys.exit(2)


def works_of(program):
    try:
        listed = subprocess.run([program, "--list"], capture_output=True, text=True, timeout=60)
    except OSError as error:
        give_up(f"{program} cannot be started: {error.strerror}; build it: cmake --build --preset release --target "
                "instruction_benchmark")
    if listed.returncode != 0 or not listed.stdout.split():
        give_up(f"{program} --list names no work; it has to be instruction_benchmark")
    return listed.stdout.split()


def measure(program, work):
    """The machine that the work was measured on, and instructions for each unit of it."""
    with tempfile.TemporaryDirectory() as folder:
        counts = pathlib.Path(folder, "counts")
        # The work is between the beginning and the end of that function, and nothing else counts.
        run = subprocess.run(["valgrind", "--tool=callgrind", "--toggle-collect=DoMeasuredWork",
                              f"--callgrind-out-file={counts}", program, work],
                             capture_output=True, text=True, timeout=600)
        if run.returncode != 0:
            give_up(f"{work} under valgrind ended with {run.returncode}:\n{run.stderr[-3000:]}")
        _, units, machine = run.stdout.rstrip("\n").split("\t")
        total = re.search(r"^(?:summary|totals): (\d+)", counts.read_text(), re.MULTILINE)
    if not total or int(total[1]) == 0:
        give_up(f"{work}: callgrind counted nothing; {program} may lack its symbols")
    return machine, int(total[1]) // int(units)


def measure_all(program):
    works = works_of(program)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda work: measure(program, work), works))
    return results[0][0], {work: count for work, (_, count) in zip(works, results)}


def compare(machine, measured, figures, at_most):
    """Prints a line for each work; the number of those that have become too slow."""
    slower = 0
    for work, count in measured.items():
        change = 100 * (count - figures[work]) / figures[work]
        slower += change > at_most
        verdict = f"SLOWER: more than {at_most} % more" if change > at_most else "fine"
        if change < -at_most:
            verdict = "faster: write the new figure down, with --accept"
        print(f"{work}: {count:,} instructions a unit, figure {figures[work]:,} ({change:+.1f} %): {verdict}")
    return slower


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("benchmark")
    parser.add_argument("--accept", action="store_true")
    parser.add_argument("--at-most", type=float, default=10, metavar="PERCENT")
    arguments = parser.parse_args()
    if not shutil.which("valgrind"):
        give_up("valgrind is missing: apt-get install valgrind")
    machine, measured = measure_all(arguments.benchmark)
    figures = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    accept = f"python3 -B {os.path.relpath(__file__)} {arguments.benchmark} --accept"
    if arguments.accept:
        figures[machine] = measured
        FIGURES.write_text(json.dumps(figures, indent=2, sort_keys=True) + "\n")
        return print(f"{FIGURES.name}: written for {machine}: {measured}")
    if machine not in figures:
        return print(f"{FIGURES.name} has no figures for this kind of machine ({machine}), so nothing was compared. To "
                     f"write them down, at a state of the sources that is known to be fast enough:\n  {accept}\n"
                     f"measured: {measured}")
    if set(measured) != set(figures[machine]):
        give_up(f"{FIGURES.name} has not one figure for each of {', '.join(measured)} on this kind of machine "
                f"({machine}). To write them down, at a state of the sources that is known to be fast enough:\n  {accept}")
    if slower := compare(machine, measured, figures[machine], arguments.at_most):
        sys.exit(f"{slower} of {len(measured)} works take more instructions than before. If that is worth it, write the "
                 f"new figures down, and commit them:\n  {accept}")


if __name__ == "__main__":
    main()
