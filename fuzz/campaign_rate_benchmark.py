#!/usr/bin/env python3
"""Requests a second of a campaign with one worker ÷ those of wrk with one connection.

    fuzz/campaign_rate_benchmark.py ASSAY SCRATCH [ROUNDS [SECONDS [SERVER DATASET]]]

Both drive one server in turns, `assay serve` or that program with `--listen 127.0.0.1:0 --dataset DATASET`; wrk sends
the inputs of the corpus that a first campaign left, those that need a token of an answer left out. Prints both rates of each round, and the median ratio.
"""
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
from urllib.parse import quote

LUA = """
local paths = {%s}
local at = 0
request = function()
  at = at %% #paths + 1
  return wrk.format("GET", paths[at])
end
"""


def campaign(assay, url, state, folder, seed, seconds):
    """Judged requests a second."""
    shutil.rmtree(folder, ignore_errors=True)
    done = subprocess.run([assay, "fuzz", "--target", url, *state, "--seed", str(seed), "--out", folder,
                           "--max-time", str(seconds), "--progress", "off"], stdout=subprocess.PIPE, text=True, check=False, timeout=seconds + 60)
    if done.returncode != 0:
        sys.exit(f"assay fuzz ended with {done.returncode}: {done.stdout[-2000:]}")
    report = json.loads((folder / "report.json").read_text())
    return report["totals"]["exchanges"] / seconds


def paths_of(corpus):
    """One path a request."""
    paths = set()
    for file in sorted(corpus.iterdir()):
        for request in file.read_text(errors="replace").split("\n\n"):
            lines = [line.split("=", 1) for line in request.splitlines() if "=" in line]
            pairs = {"Action": "DescribeSnapshots", "RegionId": "cn-hangzhou"} | {pair[0]: pair[1] for pair in lines}
            if "$token" in request or request.startswith("@") or "\n@" in request:
                continue
            paths.add("/?" + "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs.items()))
    return sorted(paths)


def wrk(url, script, seconds):
    """Requests a second."""
    said = subprocess.run(["wrk", "-t1", "-c1", f"-d{seconds}s", "-s", script, url], stdout=subprocess.PIPE, text=True,
                          check=True).stdout
    return float(next(line for line in said.splitlines() if "Requests/sec" in line).split()[-1])


def main():
    assay, scratch = sys.argv[1], pathlib.Path(sys.argv[2])
    rounds, seconds = (int(value) for value in (*sys.argv[3:5], *("5", "10")[len(sys.argv[3:5]):]))
    state = ["--dataset", sys.argv[6]] if len(sys.argv) > 6 else []
    program = [sys.argv[5]] if state else [assay, "serve"]
    server = subprocess.Popen([*program, "--listen", "127.0.0.1:0", *state], stdout=subprocess.PIPE, text=True)
    try:
        url = next(word for word in server.stdout.readline().split() if word.startswith("http://")).rstrip(",")
        campaign(assay, url, state, scratch / "first", 1000, seconds)
        paths = paths_of(scratch / "first" / "corpus")
        script = scratch / "requests.lua"
        script.write_text(LUA % ",\n".join(f'"{path}"' for path in paths))
        print(f"{len(paths):,} requests for wrk")
        ratios = []
        for at in range(1, rounds + 1):
            peer = wrk(url, script, seconds)
            own = campaign(assay, url, state, scratch / "campaign", at, seconds)
            ratios.append(own / peer)
            print(f"round {at}: campaign {own:,.0f}, wrk {peer:,.0f}, ratio {ratios[-1]:.2f}", flush=True)
        print(f"median ratio {statistics.median(ratios):.2f} (goal 0.70)")
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
