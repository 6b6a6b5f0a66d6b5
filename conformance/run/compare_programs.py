#!/usr/bin/env python3
"""Compares what two assay programs make of the same targets; ends with 1 if they differ.

    compare_programs.py BEFORE AFTER [--cases 'fault.*'] [--options '--strength 1']

For a change that is to leave the behaviour as it was: both programs run their suites with one seed
on their own reference server, plainly and with 20 faults and 10 readings. Compared are exit code,
verdict, the findings with id, rule, kind, stability and diagnosis, and what was learned of each open
question; with --counts also how many requests were sent, and how often they used or broke a rule.
How a text is worded is not compared.
"""
import argparse
import difflib
import fnmatch
import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

QUESTIONS = Path(__file__).resolve().parents[2] / "spec/describe_snapshots/questions.json"

FAULTS = """
auth.nonce.unchecked cache.key.without_status data.tags.loses_last deep.page_7 dry_run.true.code_dot
encoding.plus.kept error.filter_key.text filter.status.ignored_by_token filter.conjunction.or
filter.encrypted.inverted ids.maximum.is_99 intermittent.every_7th.drops_one order.random
paging.total.of_page paging.size.one_less region.ignored shape.xml.html_entity tag.pair.mixed
token.end.one_short transport.length.too_short
""".split()

EMBEDDED = {
    "plain": "",
    "discover": "--discover",
    "xml": "--format xml",
    "selected": "--only page.* --only combinations.* --skip page.walk.*",
    "shard": "--shard 2/3",
    "few": "--max-requests 300",
    "observed": "--reading observed",
    "nothing": "--only no.such.test",
    "misused": "--shard 3/2",
}

READINGS = 10
KEY = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "testid", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "testsecret"}


def write_reading(number, folder):
    """Pins every question, each to another of its options as the number grows."""
    data = json.loads(QUESTIONS.read_text())
    questions = data["questions"] if isinstance(data, dict) else data
    pins = {}
    for position, question in enumerate(questions):
        options = question["options"]
        choice = (number + (position if number > 3 else 0)) % len(options)
        pins[question["id"]] = options[choice]["id"]
    path = Path(folder) / f"reading_{number}.json"
    path.write_text(json.dumps({"format": "assay-reading/1", "name": f"reading_{number}",
                                "statement": "For a comparison.", "pins": pins}))
    return path


def make_cases(faults, folder):
    """The options of the run and of its server by the name of the case; None: it is embedded."""
    cases = {f"embedded.{name}": (options.split(), None) for name, options in EMBEDDED.items()}
    cases["served"] = ([], [])
    for fault in faults:
        signed = fault.startswith("auth.")
        cases[f"fault.{fault}"] = (["--signature", "v1"] if signed else [],
                                   ["--fault", fault] + (["--auth", "on"] if signed else []))
    for number in range(READINGS):
        cases[f"reading.{number}"] = ([], ["--reading", str(write_reading(number, folder))])
    return cases


def start_server(program, options):
    """The process and its URL."""
    server = subprocess.Popen([program, "serve", "--listen", "127.0.0.1:0", *options],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    first = server.stdout.readline()
    if not first.startswith("listening on "):
        server.kill()
        sys.exit(f"{program} serve {shlex.join(options)}: {first}{server.stdout.read()}")
    return server, first.split()[2]


def run_program(program, options, serve, folder, counts):
    """One run; what of its report is compared."""
    server = None
    target = []
    if serve is not None:
        server, url = start_server(program, serve)
        target = ["--target", url]
    out = Path(folder) / "report"
    try:
        ended = subprocess.run(
            [program, "run", "--progress", "off", "--connections", "1", "--out", str(out),
             *target, *options],
            env=os.environ | KEY, capture_output=True, text=True, check=False)
    finally:
        if server:
            server.terminate()
            server.wait()
    report = out / "report.json"
    read = json.loads(report.read_text()) if report.exists() else {}
    return facts_of(ended.returncode, read, counts)


def facts_of(code, report, counts):
    """One line a fact, for a readable difference."""
    out = [f"exit code {code}", f"verdict {report.get('verdict')}"]
    keys = ["id", "rule", "kind", "stability", "diagnosis"] + (["occurrences"] if counts else [])
    for finding in report.get("findings", []):
        out.append("finding " + json.dumps({key: finding.get(key) for key in keys}))
    for row in report.get("reading", []):
        out.append(f"reading {row['question']} {row['possible']} {row['settled']}")
    if counts:
        out += [f"total {name} {count}" for name, count in report.get("totals", {}).items()
                if name != "requests_per_second"]
        out += [f"rule {rule['id']} {rule['exercised']} {rule['violations']}"
                for rule in report.get("rules", [])]
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("before")
    parser.add_argument("after")
    parser.add_argument("--cases", default="*", help="names, as fault.* or reading.3")
    parser.add_argument("--options", default="", help="more options of both runs")
    parser.add_argument("--counts", action="store_true", help="compares numbers of requests, too")
    parser.add_argument("--fault", default="", help="of the second program's server alone")
    parser.add_argument("--list", action="store_true", help="names the cases")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        cases = make_cases(FAULTS, folder)
        names = [name for name in cases if fnmatch.fnmatch(name, arguments.cases)]
        if arguments.list:
            print("\n".join(names))
            return 0
        if not names:
            sys.exit(f"no case matches {arguments.cases}")
        different = []
        for name in names:
            options, serve = cases[name]
            options = options + shlex.split(arguments.options)
            summaries = []
            for program, side in ((arguments.before, "before"), (arguments.after, "after")):
                own = serve
                if side == "after" and arguments.fault and serve is not None:
                    own = serve + ["--fault", arguments.fault]
                place = Path(folder) / name / side
                place.mkdir(parents=True)
                summaries.append(run_program(program, options, own, place, arguments.counts))
            same = summaries[0] == summaries[1]
            print(f"{name}: {'same' if same else 'DIFFERENT'}, {summaries[1][0]}", flush=True)
            if not same:
                different.append(name)
                print("\n".join(difflib.unified_diff(*summaries, "before", "after", n=0, lineterm="")),
                      flush=True)
        print(f"{len(names) - len(different)} of {len(names)} cases are the same")
        return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
