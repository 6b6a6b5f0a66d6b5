#!/usr/bin/env python3
"""How soon campaigns find bugs that only a few requests reach.

    fuzz/deep_bugs_benchmark.py ASSAY PLANTED_SERVER SCRATCH [SEEDS]

For each bug of planted_server and each seed, one campaign with one worker that ends at its first
finding, after 600 s at the most. Prints seconds and requests; ends with 1 if one was not found.
"""
import json
import pathlib
import shutil
import subprocess
import sys
import time

BUGS = {
    "emoji": "a tag's value with an emoji, on pages of 37",
    "page": "the third page of a walk through the encrypted ones",
    "three": "three parameters at certain values",
    "format": "a token that is used with the other format",
}
MOST_SECONDS = 600


def campaign(assay, url, seed, folder):
    """Runs one campaign from an empty corpus; whether it found something, its seconds and requests."""
    shutil.rmtree(folder, ignore_errors=True)
    began = time.monotonic()
    ended = subprocess.run(
        [assay, "fuzz", "--target", url, "--seed", str(seed), "--max-findings", "1", "--out", str(folder),
         "--max-time", str(MOST_SECONDS), "--progress", "off"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=MOST_SECONDS + 120)
    if ended.returncode not in (0, 1):
        sys.exit(f"assay fuzz ended with {ended.returncode}: {ended.stderr}")
    report = json.loads((folder / "report.json").read_text())
    return ended.returncode == 1, time.monotonic() - began, report["totals"]["exchanges"]


def main():
    assay, server, scratch = sys.argv[1:4]
    seeds = int(sys.argv[4]) if len(sys.argv) > 4 else 10
    missed = 0
    for bug, words in BUGS.items():
        planted = subprocess.Popen([server, bug], stdout=subprocess.PIPE, text=True)
        try:
            url = planted.stdout.readline().split()[-1]
            for seed in range(1, seeds + 1):
                found, seconds, requests = campaign(assay, url, seed, pathlib.Path(scratch) / f"{bug}-{seed}")
                missed += not found
                print(f"{bug:7} seed {seed:2}  {'found' if found else 'NOT FOUND'} after {seconds:5.1f} s, "
                      f"{requests:,} requests  ({words})", flush=True)
        finally:
            planted.terminate()
            planted.wait()
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
