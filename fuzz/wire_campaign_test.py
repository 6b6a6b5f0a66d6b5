#!/usr/bin/env python3
"""Campaigns of `assay fuzz --wire` from outside: wire_campaign_test.py ASSAY SCRATCH"""
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from urllib.parse import urlsplit

ASSAY, SCRATCH = "", pathlib.Path()
TRACE = 'Traceback (most recent call last):\n  File "server.py", line 7, in read\n'


class Refused(Exception):
    pass


class Planted:
    """An HTTP server that reads messages as RFC 9112 says, but for one bug; upstream answers them."""

    def __init__(self, bug, upstream, path=None):
        self.bug, self.upstream = bug, urlsplit(upstream).netloc
        self.lock, self.peers = threading.Lock(), []
        self.listen(path or ("127.0.0.1", 0))

    def listen(self, address):
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self.listener = socket.create_server(address, family=family, backlog=64)
        self.address = self.listener.getsockname()
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    @property
    def url(self):
        if isinstance(self.address, str):
            return "unix:" + self.address
        return f"http://127.0.0.1:{self.address[1]}"

    def accept(self, listener):
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            self.peers.append(peer)
            threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def die(self, comes_back):
        with self.lock:
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            for peer in self.peers:
                with contextlib.suppress(OSError):
                    peer.shutdown(socket.SHUT_RDWR)
            self.peers.clear()
            if comes_back:
                time.sleep(0.5)
                self.listen(self.address)

    def serve(self, peer):
        harmed = [False]
        stream = peer.makefile("rb")
        with peer, stream:
            try:
                while self.answer(peer, stream, harmed):
                    pass
            except OSError:
                pass
            except (Refused, ValueError, OverflowError, http.client.HTTPException):
                with contextlib.suppress(OSError):
                    peer.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")

    def answer(self, peer, stream, harmed):
        line = stream.readline(70000)
        if not line:
            return False
        words = line.split(b" ")
        if not line.endswith(b"\r\n") or len(words) != 3 or words[2] != b"HTTP/1.1\r\n":
            raise Refused
        headers = []
        while (line := stream.readline(70000)) != b"\r\n":
            if self.bug == "nul" and b"\0" in line:
                peer.sendall(b"HTTP/1.1 500 Oops\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                             % (len(TRACE), TRACE.encode()))
                return False
            name, colon, value = line.partition(b":")
            if not line.endswith(b"\r\n") or not colon or not name.strip() == name or b"\0" in line:
                raise Refused
            headers.append((name.lower(), value.strip()))
        body, wrong = self.body(stream, headers)
        if self.bug in ("dies", "restarts") and any(name == b"range" for name, _ in headers):
            self.die(self.bug == "restarts")
            return False
        method, target = words[0].decode(), words[1].decode()
        if not target.startswith("/") or method not in ("GET", "POST"):
            raise Refused
        if harmed[0]:
            target += "&PageSize=1"
        harmed[0] = wrong
        fields = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        with contextlib.closing(http.client.HTTPConnection(self.upstream, timeout=5)) as up:
            up.request(method, target, body, fields)
            answer = up.getresponse()
            text = answer.read()
        peer.sendall(b"HTTP/1.1 %d X\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"
                     % (answer.status, answer.getheader("Content-Type", "text/plain").encode(), len(text), text))
        return (b"connection", b"close") not in headers

    def body(self, stream, headers):
        """The body, and whether its length was none."""
        lengths = [value for name, value in headers if name == b"content-length"]
        codings = [value for name, value in headers if name == b"transfer-encoding"]
        if any(not length.isdigit() for length in lengths) or (lengths and codings):
            raise Refused
        if codings and [coding.lower() for coding in codings] != [b"chunked"]:
            raise Refused
        if lengths and len(set(lengths)) > 1 and self.bug != "lengths":
            raise Refused
        if lengths and len(lengths[0]) > 7:
            raise Refused
        if not codings:
            return stream.read(int(lengths[0])) if lengths else b"", len(set(lengths)) > 1
        body = b""
        while True:
            size = stream.readline(70000).strip()
            if not size or size.strip(b"0123456789abcdefABCDEF"):
                raise Refused
            if self.bug == "chunk" and len(size) >= 17:
                time.sleep(3600)
            size = int(size, 16)
            if size > 1 << 20:
                raise Refused
            body += stream.read(size)
            if stream.readline(70000) != b"\r\n":
                raise Refused
            if size == 0:
                return body, False


class WireCampaigns(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = subprocess.Popen([ASSAY, "serve", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE,
                                      text=True)
        cls.url = cls.server.stdout.readline().split()[-1]

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        cls.server.wait()
        cls.server.stdout.close()

    def setUp(self):
        self.out = SCRATCH / self.id().rpartition(".")[2]
        shutil.rmtree(self.out, ignore_errors=True)

    def fuzz(self, *options, env=None):
        done = subprocess.run([ASSAY, "fuzz", "--wire", "--progress", "off", "--out", str(self.out), *options],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=450, env=env)
        return done.returncode, done.stdout

    def hunt(self, bug, *options, requests=30000):
        code, said = self.fuzz("--target", Planted(bug, self.url).url, "--timeout", "1", "--max-findings", "1",
                               "--max-requests", str(requests), "--max-time", "400", *options)
        return code, said, self.report()

    def report(self):
        return json.loads((self.out / "report.json").read_text())

    def only(self, report, stabilities=("deterministic",)):
        self.assertEqual([f["kind"] for f in report["findings"]], ["violation"], report["findings"])
        finding = report["findings"][0]
        self.assertIn(finding["stability"], stabilities)
        return finding, finding["request"]["parameters"]["message"]

    def test_a_server_that_reads_as_it_should_has_no_finding(self):
        code, said = self.fuzz("--target", self.url, "--max-requests", "1500", "--max-time", "400", "--seed", "3")
        self.assertEqual(code, 0, said)
        report = self.report()
        self.assertEqual(report["findings"], [])
        self.assertGreater(report["totals"]["judged"], 300)
        self.assertEqual(report["campaign"]["samples"][-1]["requests"], report["totals"]["exchanges"])
        self.assertGreater(len(os.listdir(self.out / "wire-corpus")), 20)

    def test_the_scripted_server_has_no_finding_without_a_bug(self):
        with tempfile.TemporaryDirectory() as folder:
            for path in (None, f"{folder}/socket"):
                code, said = self.fuzz("--target", Planted("none", self.url, path).url, "--max-time", "3")
                self.assertEqual(code, 0, said)
                self.assertEqual(self.report()["findings"], [])

    def test_a_message_that_is_never_answered_is_found(self):
        code, said, report = self.hunt("chunk")
        self.assertEqual(code, 1, said)
        finding, message = self.only(report)
        self.assertEqual(finding["rule"], "encoding.http.complete")
        self.assertRegex(message, "(?i)transfer-encoding: *chunked")
        self.assertLess(len(message), 250)

    def test_a_stack_trace_is_found_and_its_message_can_be_copied(self):
        code, said, report = self.hunt("nul")
        self.assertEqual(code, 1, said)
        finding, message = self.only(report)
        self.assertEqual(finding["rule"], "error.internal_error.unprovoked")
        self.assertIn("stack trace", finding["actual"])
        self.assertIn("\\x00", message)
        self.assertLess(len(message), 80)
        self.assertNotIn("assay replay", said)  # which sends requests, not bytes
        self.assertNotIn("assay replay", (self.out / "report.html").read_text())
        script, = (self.out / "repro").glob("*.sh")
        stub = 'sleep() { :; }; nc() { cat; }; ' + script.read_text().rpartition("\nset -eu\n")[2]
        sent = subprocess.run(["bash", "-c", stub], stdout=subprocess.PIPE, check=True).stdout
        self.assertIn(b"\0", sent)
        known = self.out / "known.json"
        known.write_text(json.dumps({"format": "assay-known/1", "findings": [
            {"id": finding["id"], "rule": finding["rule"], "reason": "as agreed"}]}))
        code, said, report = self.hunt("nul", "--known", str(known), "--seed", "11", requests=1500)
        self.assertEqual(code, 0, said)
        self.assertIn("known", [f["kind"] for f in report["findings"]])

    def test_a_next_request_that_is_answered_wrongly_is_found(self):
        code, said, report = self.hunt("lengths")
        self.assertEqual(code, 1, said)
        finding = next(f for f in report["findings"] if f["kind"] == "violation")
        self.assertEqual(finding["rule"], "request.same.answer")
        self.assertIn("RFC 9112, 6.3", finding["source"])
        message = finding["request"]["parameters"]["message"]
        self.assertEqual(message.lower().count("content-length:"), 2)
        self.assertIn("@wait", message)

    def test_a_server_that_comes_back_after_its_death_is_accused(self):
        code, said, report = self.hunt("restarts")
        self.assertEqual(code, 1, said)
        finding, message = self.only(report, ("deterministic", "intermittent"))
        self.assertEqual(finding["rule"], "encoding.http.complete")
        self.assertRegex(message, "(?i)range *:")

    def test_a_server_that_stays_dead_is_told_with_the_message(self):
        code, said, report = self.hunt("dies")
        self.assertEqual(code, 3, said)
        self.assertIn("no longer answers", said)
        self.assertEqual([f["kind"] for f in report["findings"]], ["inconclusive"])
        self.assertRegex(report["findings"][0]["request"]["parameters"]["message"], "(?i)range *:")

    def test_signed_campaigns_reach_the_server_and_write_no_signature(self):
        key = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "testid", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "testsecret"}
        server = subprocess.Popen([ASSAY, "serve", "--listen", "127.0.0.1:0", "--auth", "on"],
                                  stdout=subprocess.PIPE, text=True)
        url = server.stdout.readline().split()[-1]
        try:
            code, said = self.fuzz("--target", url, "--max-time", "2", env={**os.environ, **key})
        finally:
            server.terminate()
            server.wait()
            server.stdout.close()
        self.assertEqual(code, 0, said)
        for path in (self.out / "wire-corpus").iterdir():
            self.assertNotIn(b"testsecret", path.read_bytes())
            self.assertNotIn(b"Credential=", path.read_bytes())

    def test_what_cannot_be_fuzzed_is_named(self):
        for options, word in (((), "--target"), (("--target", "https://127.0.0.1:1"), "http://"),
                              (("--target", self.url, "--proxy", "http://127.0.0.1:1"), "--proxy none")):
            code, said = self.fuzz(*options)
            self.assertEqual((code, said.count("\n")), (2, 1), said)
            self.assertIn(word, said)


if __name__ == "__main__":
    ASSAY, SCRATCH = sys.argv[1], pathlib.Path(sys.argv[2])
    SCRATCH.mkdir(parents=True, exist_ok=True)
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
