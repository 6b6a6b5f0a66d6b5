#!/usr/bin/env python3
"""Runs what README, action.yml and the GitLab template say about CI, as far as it goes without their
servers: recipes_test.py PROGRAM. Each shell step meets a server that conforms and one that does not."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = pathlib.Path(sys.argv[1]).resolve()
FAULT = "filter.usage.none_as_all"
ONLY = "--only filter.usage.*"  # one rule and its like: a whole run takes longer


class Server:
    def __init__(self, *options):
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--listen", "127.0.0.1:0", *options], stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def expect(truth, what):
    if not truth:
        sys.exit(f"recipes_test: {what}")


def run_bash(script, folder, **variables):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("GTEST_", "GITHUB_", "CI"))}
    environment |= {name: str(value) for name, value in variables.items()}
    return subprocess.run(["bash", "-e", "-o", "pipefail", "-c", script], cwd=folder, env=environment,
                          capture_output=True, text=True, timeout=120)


def check_action():
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    expect(set(action) <= {"name", "description", "author", "branding", "inputs", "outputs", "runs"},
           "action.yml has a key that no action has")
    expect(action["runs"]["using"] == "composite", "action.yml is no composite action")
    steps = action["runs"]["steps"]
    for step in steps:
        expect(("run" in step) != ("uses" in step), f"{step['name']}: either run or uses")
        expect("run" not in step or "shell" in step, f"{step['name']}: names no shell")
    text = (ROOT / "action.yml").read_text()
    for name in re.findall(r"inputs\.([a-z-]+)", text):
        expect(name in action["inputs"], f"action.yml uses the input {name}, which it does not have")
    judge, upload = steps
    expect("always()" in upload["if"], "the reports are not always uploaded")
    return judge


def evaluate(value, inputs):
    """The few expressions that the action uses."""
    if "github.action_path" in value:
        return str(PROGRAM)
    return re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda m: inputs[m[1]], value)


def run_action(step, target, folder):
    inputs = {"target": target, "dataset": "", "known": "", "fail-on": "violation", "label": "v1",
              "args": ONLY, "out": "assay-report"}
    variables = {name: evaluate(value, inputs) for name, value in step["env"].items()}
    return run_bash(step["run"], folder, GITHUB_ACTIONS="true", GITHUB_OUTPUT=folder / "output",
                    GITHUB_STEP_SUMMARY=folder / "step.md", **variables)


def check_github(right, wrong):
    step = check_action()
    for server, code in ((right, 0), (wrong, 1)):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            done = run_action(step, server.url, folder)
            expect(done.returncode == code, f"the action ended with {done.returncode}: {done.stderr}")
            expect(f"exit-code={code}" in (folder / "output").read_text(), "the action tells no exit code")
            summary = (folder / "step.md").read_text()
            expect("## Assay" in summary and len(summary) < 60 * 1024, "the summary of the step")
            errors = [line for line in done.stdout.splitlines() if line.startswith("::error ")]
            expect(bool(errors) == (code == 1), f"annotations: {errors}")
            report = json.loads((folder / "assay-report/report.json").read_text())
            expect(len(report["findings"]) == len(errors), "an annotation for each finding")


def check_gitlab(right, wrong):
    template = yaml.safe_load((ROOT / ".ci/gitlab-template.yml").read_text())[".assay"]
    expect(template["artifacts"]["when"] == "always", "GitLab keeps the reports of red jobs only if told")
    for server, code in ((right, 0), (wrong, 1)):
        with tempfile.TemporaryDirectory() as folder:
            variables = template["variables"] | {
                "ASSAY_TARGET": server.url, "ASSAY": PROGRAM, "ASSAY_ARGS": ONLY.replace("*", "none")}
            done = run_bash("\n".join(template["script"]), folder, CI_COMMIT_SHORT_SHA="abc", **variables)
            expect(done.returncode == code, f"GitLab's script ended with {done.returncode}: {done.stderr}")
            junit = pathlib.Path(folder) / template["artifacts"]["reports"]["junit"][0]
            expect(junit.stat().st_size > 100, "no JUnit report for GitLab")


def readme_blocks(mark):
    text = (ROOT / "README.md").read_text()
    return re.findall(rf"<!-- recipe: {mark} -->\s*```[a-z]*\n(.*?)```", text, re.S)


def check_shell(right, wrong):
    blocks = readme_blocks("shell")
    expect(len(blocks) == 1, f"README has {len(blocks)} shell recipes")
    for server, code in ((right, 0), (wrong, 1)):
        with tempfile.TemporaryDirectory() as folder:
            script = blocks[0].replace("http://127.0.0.1:8080", server.url)
            script = script.replace("./assay run", f"{PROGRAM} run {ONLY.replace('*', 'none')}")
            done = run_bash(script.replace("./assay", str(PROGRAM)), folder)
            expect(done.returncode == code, f"the shell recipe ended with {done.returncode}: {done.stderr}")


def check_jenkins():
    blocks = readme_blocks("jenkins")
    expect(len(blocks) == 1, f"README has {len(blocks)} Jenkins recipes")
    block = blocks[0]
    expect(block.count("{") == block.count("}"), "the braces of the Jenkins recipe do not match")
    for command in re.findall(r"sh '([^']*)'", block):
        done = run_bash(f"set -n\n{command}", "/")
        expect(done.returncode == 0, f"`{command}` is no shell command")
        options = re.findall(r"(--[a-z-]+)", command)
        known = subprocess.run([PROGRAM, "run", "--help"], capture_output=True, text=True).stdout
        for option in options:
            expect(option in known, f"the Jenkins recipe has the unknown option {option}")


with Server() as right_server, Server("--fault", FAULT) as wrong_server:
    check_github(right_server, wrong_server)
    check_gitlab(right_server, wrong_server)
    check_shell(right_server, wrong_server)
check_jenkins()
print("recipes_test: fine")
