#!/usr/bin/env python3
"""Emulators of other hands: four programs that share no code with the rest of the project.

    strangers_test.py ASSAY SCRATCH [NAME...]

Starts each with the built-in dataset and looks, without Assay's own judge, whether it is an emulator at
all: every region is walked to its end in both ways of paging, in JSON and XML, with each switch alone;
each mistake starts; what is not known ends with 2. ASSAY writes the dataset, SCRATCH takes what is built.
"""
import http.client
import json
import pathlib
import re
import subprocess
import sys
from urllib.parse import quote, urlencode, urlsplit

HERE = pathlib.Path(__file__).resolve().parent


def commands(scratch, names):
    """The command of each stranger, built first if it has to be."""
    out = {"python": [sys.executable, "-B", str(HERE / "python/stranger.py")],
           "node": ["node", str(HERE / "node/stranger.mjs")],
           "go": [str(scratch / "stranger_go")],
           "cpp": [str(scratch / "stranger_cpp")]}
    if "go" in names:
        subprocess.run(["go", "build", "-o", out["go"][0], "."], cwd=HERE / "go", check=True)
    if "cpp" in names:
        subprocess.run(["g++", "-std=c++20", "-O1", "-pthread", "-o", out["cpp"][0],
                        str(HERE / "cpp/stranger_main.cc"), "-lcrypto"], check=True)
    return {name: out[name] for name in names}


class Server:
    def __init__(self, command, dataset, *options):
        self.process = subprocess.Popen(
            [*command, "--listen", "127.0.0.1:0", "--dataset", str(dataset), *options],
            stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.connection = http.client.HTTPConnection(urlsplit(line.split()[-1]).netloc, timeout=20)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()
        self.process.kill()
        self.process.wait()

    def ask(self, **parameters):
        query = urlencode({"Action": "DescribeSnapshots", "Version": "2014-05-26", **parameters},
                          quote_via=quote)
        self.connection.request("GET", "/?" + query)
        answer = self.connection.getresponse()
        body = answer.read().decode()
        assert answer.status == 200, (answer.status, parameters, body[:300])
        return body


def ids_and_token(body):
    if body.lstrip().startswith("<"):
        found = re.search(r"<NextToken>([^<]*)</NextToken>", body)
        return re.findall(r"<SnapshotId>([^<]*)</SnapshotId>", body), found and found[1]
    answer = json.loads(body)
    return [one["SnapshotId"] for one in answer["Snapshots"]["Snapshot"]], answer.get("NextToken")


def walk_by_token(server, region, form):
    seen, token = [], ""
    for _ in range(200):
        more = {"NextToken": token} if token else {}
        ids, token = ids_and_token(server.ask(RegionId=region, Format=form, MaxResults=100, **more))
        seen += ids
        if not token:
            return seen
    raise AssertionError("a walk by token does not end")


def walk_by_number(server, region, form):
    seen = []
    for number in range(1, 200):
        page = server.ask(RegionId=region, Format=form, PageSize=100, PageNumber=number)
        ids, _ = ids_and_token(page)
        seen += ids
        if len(ids) < 100:
            return seen
    raise AssertionError("a walk by number does not end")


def check_walks(server, state, regions, what):
    for region in regions:
        held = sorted(one["SnapshotId"] for one in state["snapshots"] if one["RegionId"] == region)
        for form in ("JSON", "XML"):
            for walk in (walk_by_token, walk_by_number):
                seen = sorted(walk(server, region, form))
                assert seen == held, f"{what}: {walk.__name__} of {region} in {form} loses or repeats"


def check(name, command, dataset, state):
    listed = json.loads(subprocess.run([*command, "--list"], check=True, capture_output=True, text=True).stdout)
    switches, mistakes = listed["switches"], listed["mistakes"]
    assert len(switches) >= 15 and len(mistakes) >= 12, name
    unknown = [*command, "--listen", "127.0.0.1:0", "--dataset", str(dataset), "--switch", "no_such"]
    assert subprocess.run(unknown, capture_output=True).returncode == 2, name
    with Server(command, dataset) as server:
        check_walks(server, state, state["regions"], name)
    for switch in switches:
        with Server(command, dataset, "--switch", switch) as server:
            check_walks(server, state, ["cn-shanghai"], f"{name} --switch {switch}")
    for mistake in mistakes:
        with Server(command, dataset, "--mistake", mistake) as server:
            server.connection.connect()
    print(f"{name}: {len(switches)} switches, {len(mistakes)} mistakes, an emulator")


def main():
    assay, scratch = sys.argv[1], pathlib.Path(sys.argv[2])
    names = sys.argv[3:] or ["python", "node", "go", "cpp"]
    scratch.mkdir(parents=True, exist_ok=True)
    dataset = scratch / "dataset.json"
    subprocess.run([assay, "dataset", "--built-in", "--out", str(dataset)], check=True)
    state = json.loads(dataset.read_text())
    for name, command in commands(scratch, names).items():
        check(name, command, dataset, state)


if __name__ == "__main__":
    main()
