#!/usr/bin/env python3
"""What Assay makes of a server that answers as no server should: exit code, rule, words, and what it costs.

    hostile_test.py ASSAY SCRATCH [--all] [--survey] [--run] [--discover] [--compare] [--replay] [--fuzz] [NAME...]

Each behaviour of hostile.py is judged by `run`, `run --discover`, `compare` and `replay --target`, and by `fuzz` where
its fuzzer is built. None may crash, take longer than SECONDS, more memory than MEMORY or leave more than FOLDER. `run`
must end as EXPECTED says. Without --all it is a sample; ASSAY_SEED (1) says which. --survey only prints what happens.
"""
import base64
import dataclasses
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import hostile

SECONDS, MEMORY, FOLDER = 150, 300, 50  # seconds, MiB, MiB
KINDS = ["run", "discover", "compare", "replay", "fuzz"]
SAMPLE = 23  # without --all, every so many
KEY = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "LTAIcanaryKeyId01", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "canarySecret+/=02&",
       "ALIBABA_CLOUD_SECURITY_TOKEN": "canaryToken\"+/=<03>"}


@dataclasses.dataclass
class Expected:
    code: int            # -1: any
    words: str = ""      # in what is printed, or in report.json
    rule: str = ""       # of some finding
    options: tuple = ()  # of the run


COMPLETE, JSON_FORM, XML_FORM = "encoding.http.complete", "encoding.json.well_formed", "encoding.xml.well_formed"
SOON = ("--timeout", "3")
BRIEF = ("--max-time", "20")
SIGNED = ("--signature", "v3")
# Those that take a minute and more, however it is done: with --all only.
SLOW = {"throttled_429", "throttled_503", "throttled_by_code", "throttled_after_100", "answers_after_2_seconds",
        "half_is_silence"}
# What `run` makes of each.
EXPECTED = {
    "endless_body": Expected(1, "the body is over 8388608 bytes", COMPLETE),
    "endless_chunks": Expected(1, "the body is over 8388608 bytes", COMPLETE),
    "endless_length": Expected(1, "the body is over 8388608 bytes", COMPLETE),
    "endless_chunk_extension": Expected(1, "its header is over 262144 bytes", COMPLETE),
    "endless_header": Expected(1, "its header is over 262144 bytes", COMPLETE),
    "endless_headers": Expected(1, "its header is over 262144 bytes", COMPLETE),
    "header_of_100_mb": Expected(1, "its header is over 262144 bytes", COMPLETE),
    "endless_interim": Expected(1, "more than 16 interim answers (1xx)", COMPLETE),
    "slow_drip": Expected(3, "no answer within 3 s: only", options=SOON),
    "slow_header": Expected(3, "no answer within 3 s: only", options=SOON),
    "silence": Expected(3, "connected, but not a byte came", options=SOON),
    "silence_after_200": Expected(3, "the target was lost during the run", options=SOON),
    "answers_after_2_seconds": Expected(3, "the run was stopped after 20 s (--max-time)", options=BRIEF),
    "close_at_once": Expected(3, "connection closed before the answer was complete (after 0 bytes"),
    "reset": Expected(3, "connection closed before the answer was complete (after 0 bytes"),
    "cut_head": Expected(1, "closed before the answer was complete (after 27 bytes", COMPLETE),
    "cut_body": Expected(1, "closed before the answer was complete (after", COMPLETE),
    "cut_chunk": Expected(1, "closed before the answer was complete (after", COMPLETE),
    "reset_in_the_body": Expected(1, "closed before the answer was complete (after", COMPLETE),
    "dies_after_200": Expected(3, "the target was lost during the run"),
    "closes_for_tags": Expected(1, "Tag.1.Key", COMPLETE),
    "resets_for_tags": Expected(1, "Tag.1.Key", COMPLETE),
    "tenth_500": Expected(1, "answers were 500 InternalError, all right when asked again",
                          "error.internal_error.unprovoked"),
    "tenth_503": Expected(1, "answers were 503, all right when asked again", "error.internal_error.unprovoked"),
    # A reset before the first byte on a connection that served before is what an idle one is ended with, too.
    "tenth_reset": Expected(-1),
    "tenth_cut": Expected(1, "all right when asked again", COMPLETE),
    "one_500": Expected(0, "answers was 500 InternalError, right when asked again"),
    "half_is_silence": Expected(3, "were not answered in time", options=SOON),
    "http_0_9": Expected(3, "without a status line, as in HTTP/0.9"),
    "http_2_frames": Expected(3, "a frame of HTTP/2"),
    "http_2_status_line": Expected(1, "its version is not HTTP/1.1", COMPLETE),
    "tls_alert": Expected(3, "write https://"),
    "tls_refusal": Expected(3, "write https:// in the address"),
    "ssh_banner": Expected(3, "the greeting of an SSH server"),
    "smtp_banner": Expected(3, "the greeting of a mail or FTP server"),
    "random_bytes": Expected(3, "no HTTP answer: it begins with"),
    "interim_only": Expected(1, "an interim answer (1xx) and no other", COMPLETE),
    "interim_first": Expected(0),
    "switching_protocols": Expected(1, "101 (Switching Protocols)", COMPLETE),
    "two_lengths": Expected(1, "Content-Length", COMPLETE),
    "negative_length": Expected(1, "Content-Length", COMPLETE),
    "length_and_chunks": Expected(1, "Transfer-Encoding", COMPLETE),
    "bad_chunk_size": Expected(1, "chunk", COMPLETE),
    "huge_chunk_size": Expected(1, "chunk", COMPLETE),
    "status_in_words": Expected(1, "bad status", COMPLETE),
    "status_999": Expected(1, "999"),
    "nul_in_header": Expected(1, "bad value", COMPLETE),
    "bytes_left_over": Expected(1, "9 bytes follow the end of the answer", COMPLETE),
    "two_answers": Expected(1, "bytes follow the end of the answer", COMPLETE),
    "redirect": Expected(3, "redirects to https://login.example.com/start?next=%2F (302)"),
    "redirect_to_itself": Expected(3, "redirects to http://127.0.0.1:"),
    "redirect_nowhere": Expected(3, "a redirect (301) to nowhere"),
    "login_page": Expected(3, "a web page; is this the API's endpoint?"),
    "login_as_text": Expected(3, "a page to sign in, not the API"),
    "not_found_text": Expected(3, "404 page not found"),
    "not_found_empty": Expected(3, "answers 404 with an empty body"),
    "not_found_json": Expected(1, "404 without Code", "error.envelope.code"),
    "unauthorized_text": Expected(3, "answers 401 with"),
    "bad_gateway_page": Expected(3, "answers 502 with a web page"),
    "refused_caller": Expected(3, "refuses the caller: 404 InvalidAccessKeyId.NotFound"),
    "empty_body": Expected(1, "an empty body", JSON_FORM),
    "no_content": Expected(1, "an empty body", JSON_FORM),
    "gzip_unasked": Expected(1, "compressed with gzip, which no request asked for", JSON_FORM),
    "gzip_in_secret": Expected(1, "compressed with gzip, without a word", JSON_FORM),
    "byte_order_mark": Expected(1, "a byte order mark before the JSON document", JSON_FORM),
    "utf_16": Expected(1, "a body in UTF-16", JSON_FORM),
    "not_utf_8": Expected(1, "octets that are not UTF-8", "encoding.utf8.valid"),
    "deep_json": Expected(1, "nested more than 200 deep", JSON_FORM),
    "deep_objects": Expected(1, "nested more than 200 deep", JSON_FORM),
    "deep_xml": Expected(3, "nested more than 200 deep", XML_FORM, ("--format", "xml")),
    "duplicate_names": Expected(1, "the name TotalCount twice in one object", "encoding.json.unique_names"),
    "many_names": Expected(1),
    "number_of_400_digits": Expected(1),
    "number_beyond_double": Expected(0),
    "not_a_number": Expected(1, "NaN", JSON_FORM),
    "text_after_json": Expected(1, "", JSON_FORM),
    "array_at_the_top": Expected(1),
    "single_quotes": Expected(1, "", JSON_FORM),
    "million_snapshots": Expected(1),
    "million_elements": Expected(3, "MiB", XML_FORM, ("--format", "xml")),
    "many_attributes": Expected(3, "MiB", XML_FORM, ("--format", "xml")),
    "doctype_internal": Expected(3, "a document type before the root", "encoding.xml.no_doctype", ("--format", "xml")),
    "doctype_external": Expected(3, "a document type before the root", "encoding.xml.no_doctype", ("--format", "xml")),
    "always_500": Expected(1, "500", "error.internal_error.unprovoked"),
    "always_empty": Expected(3, "the target lists no snapshot"),
    "swapped_answers": Expected(1),
    "answer_of_the_request_before": Expected(1),
    "endless_pages": Expected(3, "are not those of the dataset"),
    "endless_tokens": Expected(3, "are not those of the dataset"),
    "tokens_of_7_mb": Expected(1, "a NextToken of more than 65536 bytes", "token.next.continues"),
    "throttled_429": Expected(3, "only that requests come too fast"),
    "throttled_503": Expected(3, "only that requests come too fast"),
    "throttled_by_code": Expected(3, "only that requests come too fast"),
    "throttled_after_100": Expected(3, "requests come too fast"),
    "hundredth_429": Expected(0),
    "echo": Expected(1, options=SIGNED),
    "echo_of_parameters": Expected(1, options=("--signature", "v1")),
    "acting_lists": Expected(1),
    "acting_refusals": Expected(1),
    "acting_header": Expected(1, "bad value", COMPLETE),
}


@dataclasses.dataclass
class Outcome:
    code: int
    said: str
    seconds: float
    memory: int
    folder: int


def size_of(folder):
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) // hostile.MIB if folder.exists() else 0


def run(command, out, environment=None):
    """Runs a command to its end, or ends it by force after SECONDS or at three times MEMORY."""
    shutil.rmtree(out, ignore_errors=True)
    log = out.with_suffix(".txt")
    begun = time.monotonic()
    with open(log, "wb") as file:
        child = subprocess.Popen(command, stdout=file, stderr=file, stdin=subprocess.DEVNULL,
                                 env={**os.environ, **(environment or {})})
        peak = 0
        while True:
            done, status = os.waitpid(child.pid, os.WNOHANG)
            if done:
                break
            try:  # not what wait4() says: that counts this process, too, before it became another program
                peak = max(peak, int(re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{child.pid}/status").read_text())[1]) // 1024)
            except (OSError, TypeError):
                pass
            if time.monotonic() - begun > SECONDS or peak > 3 * MEMORY:
                os.kill(child.pid, signal.SIGKILL)
            time.sleep(0.02)
    child.returncode = os.waitstatus_to_exitcode(status)
    return Outcome(child.returncode, log.read_text(errors="replace"), time.monotonic() - begun, peak, size_of(out))


class Judged:
    """All commands at one behaviour."""

    def __init__(self, assay, scratch, upstream, recording):
        self.assay, self.scratch, self.upstream, self.recording = assay, scratch, upstream, recording

    def at(self, name, commands):
        expected = EXPECTED.get(name, Expected(-1))
        for kind in commands:
            server = hostile.Server(name, self.upstream)
            out = self.scratch / f"{name}.{kind}"
            try:
                outcome = self.judge(kind, server.url, out, expected)
            finally:
                server.stop()
            yield kind, outcome, list(self.problems(name, kind, outcome, out, expected))

    def judge(self, kind, url, out, expected):
        plain = ["--progress", "off", "--strength", "1"]
        signed = "--signature" in expected.options
        some = ["--only", "page.size.limits", "--only", "tag.key.*"]
        commands = {
            "run": ["run", "--target", url, *plain, "--out", out, *expected.options],
            "discover": ["run", "--discover", "--target", url, *plain, *some, "--out", out, *expected.options],
            "compare": ["compare", "--target", url, "--against", self.upstream, "--strength", "1", *some, "--out", out,
                        *(expected.options if signed or expected.options in (SOON, BRIEF) else ())],
            "replay": ["replay", self.recording, "--target", url, *(expected.options if signed else ())],
            "fuzz": ["fuzz", "--target", url, "--max-total-time", "3", "--out", out],
        }
        return run([self.assay, *map(str, commands[kind])], out, KEY)

    @staticmethod
    def problems(name, kind, outcome, out, expected):
        if outcome.code not in (0, 1, 3) and not (kind == "fuzz" and "the fuzzer is not built" in outcome.said):
            yield f"exit {outcome.code}: {outcome.said[-300:]}"
        if outcome.seconds > SECONDS:
            yield f"{outcome.seconds:.0f} s"
        if outcome.memory > MEMORY:
            yield f"{outcome.memory} MiB of memory"
        if outcome.folder > FOLDER:
            yield f"{outcome.folder} MiB in the folder"
        if acts(outcome.said):
            yield "a character that acts reached the terminal"
        yield from acting_files(out)
        yield from leaks(outcome, out)
        if kind == "run" and expected.code >= 0:
            yield from unlike(expected, outcome, out)


def acts(text):
    return any(ord(c) < 32 and c not in "\n\t\r" or ord(c) in (0x7F, 0x9B, 0x202E, 0x2066, 0x2028) for c in text)


def acting_files(out):
    """Files for people that hold what acts where they are shown, or that do more than they should when they are run."""
    for name in ("report.html", "junit.xml", "summary.md", "results.sarif"):
        text = (out / name).read_text() if (out / name).exists() else ""
        if acts(text):
            yield f"a character that acts is in {name}"
        # A SARIF file holds answers as data.
        if name != "results.sarif" and any(markup in text for markup in ("<script>alert", "<img src=http")):
            yield f"markup of the target is in {name}"
    with tempfile.TemporaryDirectory() as folder:
        for stub in ("curl", "assay"):
            (pathlib.Path(folder) / stub).write_text("#!/bin/sh\n")
            (pathlib.Path(folder) / stub).chmod(0o755)
        for script in sorted(out.glob("repro/*.sh"))[:10]:
            subprocess.run(["/bin/bash", script], cwd=folder, capture_output=True, stdin=subprocess.DEVNULL,
                           env={"PATH": f"{folder}:/usr/bin:/bin"}, timeout=20)
        if len(list(pathlib.Path(folder).iterdir())) != 2:
            yield "a script of repro/ ran what the target said"


def leaks(outcome, out):
    """Where a secret is kept that came back."""
    files = [file for file in out.rglob("*") if file.is_file()] if out.exists() else []
    for where, text in [("the terminal", outcome.said.encode()), *((file.name, contents(file)) for file in files)]:
        for marker in (b"canaryKeyId01", b"canarySecret", b"canaryToken"):
            inside_base64 = [base64.b64encode(b"x" * before + marker)[(before * 4 + 2) // 3:-4] for before in range(3)]
            if any(spelling in text for spelling in [marker, *inside_base64]):
                yield f"{marker.decode()} is in {where}"


def contents(file):
    if file.suffix == ".zst" and shutil.which("zstdcat"):
        return subprocess.run(["zstdcat", file], capture_output=True).stdout
    return file.read_bytes()


def unlike(expected, outcome, out):
    report = out / "report.json"
    text = report.read_text() if report.exists() else ""
    if outcome.code != expected.code:
        yield f"exit {outcome.code}, not {expected.code}: {outcome.said[-400:]}"
    if expected.words not in outcome.said and expected.words not in text:
        yield f"says nothing of `{expected.words}`: {outcome.said[-400:]}"
    rules = {rule for finding in (json.loads(text)["findings"] if text else [])
             for rule in [finding["rule"], *(one.rpartition(".")[0] for one in finding.get("also", []))]}
    if expected.rule and expected.rule not in rules:
        yield f"no finding of {expected.rule}, but {sorted(rules)}"


def serve(assay, *options):
    server = subprocess.Popen([assay, "serve", "--listen", "127.0.0.1:0", *options], stdout=subprocess.PIPE, text=True)
    return server, server.stdout.readline().split()[-1]


def main():
    flags = {word for word in sys.argv[1:] if word.startswith("--")}
    assay, scratch, *names = [word for word in sys.argv[1:] if word not in flags]
    scratch = pathlib.Path(scratch)
    scratch.mkdir(parents=True, exist_ok=True)
    first = int(os.environ.get("ASSAY_SEED", "1"))
    commands = [kind for kind in KINDS if f"--{kind}" in flags] or KINDS
    trials = [(name, kind) for name in names or hostile.BEHAVIOURS for kind in commands]
    if not names and "--all" not in flags:
        trials = [trial for trial in trials if trial[0] not in SLOW][first % SAMPLE::SAMPLE]
    upstream, url = serve(assay)
    recording = scratch / "recording"
    subprocess.run([assay, "run", "--target", url, "--only", "page.size.*", "--progress", "off", "--out", recording],
                   capture_output=True)
    judged = Judged(assay, scratch, url, recording)
    wrong, most = 0, {"seconds": 0, "memory": 0, "folder": 0}
    begun = time.monotonic()
    try:
        for name, kind in trials:
            for _, outcome, problems in judged.at(name, [kind]):
                most = {key: max(value, getattr(outcome, key)) for key, value in most.items()}
                wrong += 1 if problems else 0
                if problems or "--survey" in flags:
                    print(f"{name} {kind}: exit {outcome.code}, {outcome.seconds:.1f} s, {outcome.memory} MiB, "
                          f"{outcome.folder} MiB kept" + "".join(f"\n    {problem}" for problem in problems), flush=True)
                    if "--survey" in flags:
                        print("    | " + outcome.said.strip()[:700].replace("\n", "\n    | "), flush=True)
    finally:
        upstream.terminate()
        upstream.wait()
    print(f"{len(trials)} trials in {time.monotonic() - begun:.0f} s, {wrong} wrong; at most {most['seconds']:.0f} s, "
          f"{most['memory']} MiB of memory, {most['folder']} MiB kept")
    return 1 if wrong or not trials else 0


if __name__ == "__main__":
    sys.exit(main())
