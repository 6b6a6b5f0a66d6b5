#!/usr/bin/env python3
"""What Assay makes of emulators of other hands: no violation at a sane one, and each mistake found.

    judged_test.py ASSAY SCRATCH [--all] [NAME...]

Runs `assay run` at each stranger as it is, in JSON and XML, signed, with its state withheld, with other
seeds and with each switch alone: all must conform. With each mistake alone a violation is due, but for those
of OPEN, which the documents leave to the target. Without --all it is every 24th of these runs only; ASSAY_SEED
(1) says which.
"""
import json
import os
import pathlib
import subprocess
import sys

from strangers_test import Server, commands

# Mistakes that no document speaks against, with the question that leaves them open.
OPEN = {
    ("go", "name-fold"): "filter.snapshot_name.letters",
    ("go", "no-default-group"): "filter.resource_group.default",
}
KEY = ("testid", "testsecret")


def judge(assay, command, dataset, out, server_options, run_options, environment=None):
    with Server(command, dataset, *server_options) as server:
        host = f"http://{server.connection.host}:{server.connection.port}"
        state = [] if "--discover" in run_options else ["--dataset", str(dataset)]
        done = subprocess.run(
            [assay, "run", "--target", host, *state, "--progress", "off", "--out", str(out), *run_options],
            capture_output=True, text=True, timeout=600, env={**os.environ, **(environment or {})})
    try:
        report = json.loads((out / "report.json").read_text())
    except OSError:
        return done.returncode, [("no report", done.stdout[-500:] + done.stderr[-500:], "")]
    return done.returncode, [(one["rule"], one["expected"], one["actual"])
                             for one in report["findings"] if one["kind"] == "violation"]


def runs_of(listed):
    """Each run: name, options of the stranger, options of the run, its environment, whether it conforms."""
    signed = {"ALIBABA_CLOUD_ACCESS_KEY_ID": KEY[0], "ALIBABA_CLOUD_ACCESS_KEY_SECRET": KEY[1]}
    yield "plain", [], [], None, True
    yield "xml", [], ["--format", "xml"], None, True
    yield "discover", [], ["--discover"], None, True
    yield "signed", ["--auth", ":".join(KEY)], ["--signature", "v1"], signed, True
    for seed in range(2, 9):
        yield f"seed_{seed}", [], ["--seed", str(seed)], None, True
    for switch in listed["switches"]:
        yield switch, ["--switch", switch], [], None, True
    for mistake in listed["mistakes"]:
        yield mistake, ["--mistake", mistake], [], None, False


def main():
    every = "--all" in sys.argv
    assay, scratch, *names = [word for word in sys.argv[1:] if word != "--all"]
    scratch = pathlib.Path(scratch)
    scratch.mkdir(parents=True, exist_ok=True)
    dataset = scratch / "judged.json"
    subprocess.run([assay, "dataset", "--built-in", "--out", str(dataset)], check=True)
    first = int(os.environ.get("ASSAY_SEED", "1"))
    wrong = tried = 0
    for name, command in commands(scratch, names or ["python", "node", "go", "cpp"]).items():
        listed = json.loads(subprocess.run([*command, "--list"], check=True, capture_output=True, text=True).stdout)
        for number, (run, server, options, environment, conforms) in enumerate(runs_of(listed)):
            if not every and number > 0 and (number + first) % 24:
                continue
            tried += 1
            code, violations = judge(assay, command, dataset, scratch / "judged" / name / run, server, options,
                                     environment)
            # A live state need not show every rule: 3 is no alarm there.
            right = not violations if conforms else code == 1 or (name, run) in OPEN
            right = right and code != 2
            if not right:
                wrong += 1
                print(f"{name} {run}: exit {code}, {violations or 'no violation'}", flush=True)
    print(f"{tried} runs at strangers, {wrong} judged wrong")
    return 1 if wrong or not tried else 0


if __name__ == "__main__":
    sys.exit(main())
