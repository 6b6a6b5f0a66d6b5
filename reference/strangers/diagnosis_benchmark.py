#!/usr/bin/env python3
"""What Assay calls faults that are not in its catalogue, but variants of what is: patches to a stranger.

    diagnosis_benchmark.py ASSAY SCRATCH [PATCH...]

Applies each patch of patches.py, alone, to a copy of the Python stranger, runs `assay run` at it, and looks at
the first diagnosis of the finding that explains most. It is right if the patch is a variant of that kind,
otherwise wrong; "none fits" is neither. A finding may be a warning, since some kinds break no more than that.
Ends with 1 if a patch is not found, if fewer than 70 % of the first diagnoses are right, or if more than 5 % are
wrong. SCRATCH keeps the reports.
"""
import json
import pathlib
import subprocess
import sys

from patches import PATCHES
from strangers_test import HERE, Server

LEAST_RIGHT, MOST_WRONG = 0.70, 0.05


def findings_at(assay, stranger, dataset, out):
    """What a run finds at this program, the weightiest first."""
    with Server([sys.executable, "-B", str(stranger)], dataset) as server:
        host = f"http://{server.connection.host}:{server.connection.port}"
        done = subprocess.run(
            [assay, "run", "--target", host, "--dataset", str(dataset), "--progress", "off", "--out", str(out)],
            capture_output=True, text=True, timeout=600)
    assert done.returncode in (0, 1), done.stdout[-500:] + done.stderr[-500:]
    findings = json.loads((out / "report.json").read_text())["findings"]
    assert done.returncode == any(one["kind"] == "violation" for one in findings), done.stdout[-500:]
    return sorted(findings, key=lambda one: -one["weight"])


def verdict(patch, findings):
    if not findings:
        return "NOT FOUND"
    if not findings[0]["diagnosis"]:
        return "none"
    return "right" if patch.is_of(findings[0]["diagnosis"][0]) else "WRONG"


def line(patch, findings):
    """The first diagnosis of the weightiest finding, then those of the others, each once."""
    first, *others = ["-" if not one["diagnosis"] else one["diagnosis"][0] for one in findings] or ["-"]
    others = list(dict.fromkeys(others))
    level = "" if any(one["kind"] == "violation" for one in findings) else " (warning)"
    return (f"{verdict(patch, findings):9}  {patch.id:30} {len(findings):3}  {first}{level}"
            + (f"  (then {', '.join(others)})" if others else ""))


def main():
    assay, scratch, names = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]
    chosen = [one for one in PATCHES if not names or one.id in names]
    catalogue = [row.split()[0] for row in subprocess.run(
        [assay, "selftest", "--list"], check=True, capture_output=True, text=True).stdout.splitlines()]
    for one in chosen:
        for kind in one.kinds:
            assert any(one._replace(kinds=[kind]).is_of(fault) for fault in catalogue), f"{one.id}: no fault is {kind}"
    source = (HERE / "python/stranger.py").read_text()
    patched = [one.apply(source) for one in chosen]  # all, before the first run
    scratch.mkdir(parents=True, exist_ok=True)
    dataset, stranger = scratch / "dataset.json", scratch / "stranger.py"
    subprocess.run([assay, "dataset", "--built-in", "--out", str(dataset)], check=True)
    stranger.write_text(source)
    assert not findings_at(assay, stranger, dataset, scratch / "unpatched"), "the stranger itself does not conform"

    verdicts, any_right = [], 0
    for one, text in zip(chosen, patched):
        stranger.write_text(text)
        findings = findings_at(assay, stranger, dataset, scratch / one.id)
        verdicts.append(verdict(one, findings))
        any_right += any(one.is_of(name) for finding in findings for name in finding["diagnosis"])
        print(line(one, findings), flush=True)
    count = len(verdicts)
    found = count - verdicts.count("NOT FOUND")
    right, wrong, none = (verdicts.count(what) for what in ("right", "WRONG", "none"))
    print(f"{count} patches, {found} found; named first: {right} right ({right / count:.0%}), "
          f"{wrong} wrong ({wrong / count:.0%}), {none} none; {any_right} named right anywhere")
    return 1 if found < count or right < LEAST_RIGHT * count or wrong > MOST_WRONG * count else 0


if __name__ == "__main__":
    sys.exit(main())
