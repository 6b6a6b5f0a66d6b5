#!/usr/bin/env python3
"""A server that answers as no server should: one behaviour a name, one short entry each.

    hostile.py NAME [--upstream URL] [--port N]      serves; prints "listening on http://127.0.0.1:PORT"
    hostile.py --list

Behaviours that are right but for one thing pass requests on to an `assay serve` at --upstream.
"""
import argparse
import gzip
import http.client
import itertools
import json
import socket
import struct
import sys
import threading
import time
import urllib.parse

BEHAVIOURS = {}
JSON_TYPE = "application/json;charset=utf-8"
KIB, MIB = 1024, 1024 * 1024


def behaviour(function):
    BEHAVIOURS[function.__name__] = function
    return function


class Request:
    def __init__(self, head, body):
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.target = (lines[0].split(" ") + ["", ""])[:2]
        self.headers = [line.split(":", 1) for line in lines[1:] if ":" in line]
        self.head, self.body = head, body
        self.parameters = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.target).query, True))
        self.parameters.update(urllib.parse.parse_qsl(body.decode("latin-1"), True))

    @property
    def xml(self):
        named = self.parameters.get("Format", "").upper()
        # Signatures in headers come with Accept: application/json.
        accepts = any(name.lower() == "accept" and "json" in value for name, value in self.headers)
        return named == "XML" or (named == "" and not accepts)


class Peer:
    """One connection of the tool under test, and what the behaviours need of its server."""

    def __init__(self, connection, server):
        self.socket, self.server, self.buffer, self.upstream = connection, server, b"", None

    def read(self):
        while b"\r\n\r\n" not in self.buffer:
            piece = self.socket.recv(64 * KIB)
            if not piece:
                return None
            self.buffer += piece
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n")[1:]
                       if line.lower().startswith(b"content-length:")), 0)
        while len(self.buffer) < length:
            piece = self.socket.recv(64 * KIB)
            if not piece:
                return None
            self.buffer += piece
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return Request(head, body)

    def send(self, data):
        self.socket.sendall(data)

    def send_for_ever(self, start, piece, pause=0.0):
        self.send(start)
        while not self.server.stopped:
            self.send(piece)
            time.sleep(pause)

    def answer(self, body, status=200, kind=JSON_TYPE, headers=()):
        body = body.encode() if isinstance(body, str) else body
        head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        self.send(head.encode("latin-1") + b"".join(h.encode("latin-1") + b"\r\n" for h in headers) + b"\r\n" + body)

    def right(self, request):
        """Status, type and body of the right answer."""
        if self.upstream is None:
            self.upstream = http.client.HTTPConnection(urllib.parse.urlsplit(self.server.upstream).netloc, timeout=30)
        headers = {n: v.strip() for n, v in request.headers if n.lower() not in ("host", "connection", "content-length")}
        self.upstream.request(request.method, request.target, request.body or None, headers)
        answer = self.upstream.getresponse()
        return answer.status, answer.headers.get("Content-Type", ""), answer.read()

    def pass_on(self, request, change=None):
        """Answers rightly; `change`, if given, makes another body of a list in JSON."""
        status, kind, body = self.right(request)
        if change and status == 200 and not request.xml:
            body = json.dumps(change(json.loads(body)), ensure_ascii=False)
        self.answer(body, status, kind)

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()


class Server:
    """Serves one behaviour in threads of this process."""

    def __init__(self, name, upstream="", port=0):
        self.act, self.upstream, self.stopped = BEHAVIOURS[name], upstream, False
        self.count, self.lock, self.memory, self.peers = itertools.count(1), threading.Lock(), {}, set()
        self.listener = socket.create_server(("127.0.0.1", port), backlog=512)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while not self.stopped:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            peer = Peer(connection, self)
            self.peers.add(peer)
            threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def serve(self, peer):
        try:
            while (request := peer.read()) is not None:
                if self.act(peer, request, next(self.count)) == "close":
                    break
        except (OSError, ValueError, http.client.HTTPException):
            pass
        self.peers.discard(peer)
        peer.close()

    def stop(self):
        self.stopped = True
        self.listener.close()
        for peer in list(self.peers):
            peer.close()


# What never ends, or comes slowly.

@behaviour
def endless_body(peer, request, number):
    peer.send_for_ever(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"a\":\"", b"a" * 64 * KIB)

@behaviour
def endless_chunks(peer, request, number):
    peer.send_for_ever(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"[" * 64 * KIB + b"\r\n")

@behaviour
def endless_length(peer, request, number):
    peer.send_for_ever(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n", b" " * 64 * KIB)

@behaviour
def endless_chunk_extension(peer, request, number):
    peer.send_for_ever(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"a" * 64 * KIB)

@behaviour
def endless_header(peer, request, number):
    peer.send_for_ever(b"HTTP/1.1 200 OK\r\nX: ", b"a" * 64 * KIB)

@behaviour
def endless_headers(peer, request, number):
    peer.send_for_ever(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n" * 8 * KIB)

@behaviour
def header_of_100_mb(peer, request, number):
    peer.send(b"HTTP/1.1 200 OK\r\nX: ")
    for _ in range(100):
        peer.send(b"a" * MIB)
    peer.send(b"\r\nContent-Length: 2\r\n\r\n{}")

@behaviour
def endless_interim(peer, request, number):
    peer.send_for_ever(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * KIB)

@behaviour
def slow_drip(peer, request, number):
    peer.send_for_ever(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"{", 0.5)

@behaviour
def slow_header(peer, request, number):
    peer.send_for_ever(b"HTTP/1.1 200 OK\r\n", b"X", 0.5)

@behaviour
def silence(peer, request, number):
    time.sleep(3600)

@behaviour
def silence_after_200(peer, request, number):
    if number > 200:
        time.sleep(3600)
    peer.pass_on(request)

@behaviour
def answers_after_2_seconds(peer, request, number):
    time.sleep(2)
    peer.pass_on(request)


# What breaks off.

@behaviour
def close_at_once(peer, request, number):
    return "close"

@behaviour
def reset(peer, request, number):
    peer.reset()

@behaviour
def cut_head(peer, request, number):
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Ty")
    return "close"

@behaviour
def cut_body(peer, request, number):
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"RequestId\":")
    return "close"

@behaviour
def cut_chunk(peer, request, number):
    peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100\r\n{\"RequestId\":")
    return "close"

@behaviour
def reset_in_the_body(peer, request, number):
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"RequestId\":")
    time.sleep(0.01)
    peer.reset()

@behaviour
def dies_after_200(peer, request, number):
    if number > 200:
        peer.server.stop()
    peer.pass_on(request)

@behaviour
def closes_for_tags(peer, request, number):
    """One handler crashes."""
    if "Tag.1.Key" in request.parameters:
        return "close"
    peer.pass_on(request)

@behaviour
def resets_for_tags(peer, request, number):
    if "Tag.1.Key" in request.parameters:
        return peer.reset()
    peer.pass_on(request)

@behaviour
def tenth_500(peer, request, number):
    if number % 10 == 0:
        return peer.answer('{"Code":"InternalError","Message":"x","RequestId":"y","HostId":"z"}', 500)
    peer.pass_on(request)

@behaviour
def tenth_503(peer, request, number):
    if number % 10 == 0:
        return peer.answer("busy", 503, "text/plain")
    peer.pass_on(request)

@behaviour
def tenth_reset(peer, request, number):
    if number % 10 == 0:
        return peer.reset()
    peer.pass_on(request)

@behaviour
def tenth_cut(peer, request, number):
    if number % 10 == 0:
        return cut_body(peer, request, number)
    peer.pass_on(request)

@behaviour
def one_500(peer, request, number):
    if number == 300:
        return peer.answer('{"Code":"InternalError","Message":"x","RequestId":"y","HostId":"z"}', 500)
    peer.pass_on(request)

@behaviour
def half_is_silence(peer, request, number):
    if number % 2 == 0:
        time.sleep(3600)
    peer.pass_on(request)


# What is no HTTP, or not the kind that was asked for.

@behaviour
def http_0_9(peer, request, number):
    peer.send(b'{"RequestId":"a"}')
    return "close"

@behaviour
def http_2_frames(peer, request, number):
    peer.send(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64\x00\x04\x40\x00\x00\x00\x00\x05\x00\x40\x00\x00")
    return "close"

@behaviour
def http_2_status_line(peer, request, number):
    peer.send(b"HTTP/2 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    return "close"

@behaviour
def tls_alert(peer, request, number):
    peer.send(b"\x15\x03\x01\x00\x02\x02\x46")
    return "close"

@behaviour
def tls_refusal(peer, request, number):
    peer.answer("Client sent an HTTP request to an HTTPS server.\n", 400, "text/plain; charset=utf-8")
    return "close"

@behaviour
def ssh_banner(peer, request, number):
    peer.send(b"SSH-2.0-OpenSSH_9.2p1\r\n")
    return "close"

@behaviour
def smtp_banner(peer, request, number):
    peer.send(b"220 mail.example.com ESMTP\r\n")
    return "close"

@behaviour
def random_bytes(peer, request, number):
    peer.send(bytes((i * 73 + 41) % 251 for i in range(4000)))
    return "close"

@behaviour
def interim_only(peer, request, number):
    peer.send(b"HTTP/1.1 100 Continue\r\n\r\n")
    return "close"

@behaviour
def interim_first(peer, request, number):
    """Right: an interim answer may come first."""
    peer.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
    peer.pass_on(request)

@behaviour
def switching_protocols(peer, request, number):
    peer.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
    peer.pass_on(request)

@behaviour
def two_lengths(peer, request, number):
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ")

@behaviour
def negative_length(peer, request, number):
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}")

@behaviour
def length_and_chunks(peer, request, number):
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")

@behaviour
def bad_chunk_size(peer, request, number):
    peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n")

@behaviour
def huge_chunk_size(peer, request, number):
    peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}\r\n0\r\n\r\n")

@behaviour
def status_in_words(peer, request, number):
    peer.send(b"HTTP/1.1 OK fine\r\nContent-Length: 2\r\n\r\n{}")

@behaviour
def status_999(peer, request, number):
    peer.answer("{}", 999)

@behaviour
def nul_in_header(peer, request, number):
    peer.send(b"HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 2\r\n\r\n{}")

@behaviour
def bytes_left_over(peer, request, number):
    status, kind, body = peer.right(request)
    peer.send(f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body + b"left over")

@behaviour
def two_answers(peer, request, number):
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}" * 2)


# Another endpoint than the API's.

@behaviour
def redirect(peer, request, number):
    peer.answer("", 302, headers=["Location: https://login.example.com/start?next=%2F"])

@behaviour
def redirect_to_itself(peer, request, number):
    peer.answer("", 308, headers=[f"Location: {peer.server.url}/"])

@behaviour
def redirect_nowhere(peer, request, number):
    peer.answer("", 301)

@behaviour
def login_page(peer, request, number):
    peer.answer("<!DOCTYPE html><html><form action=/login><input type=password></form></html>", 200, "text/html")

@behaviour
def login_as_text(peer, request, number):
    peer.answer("Please sign in to continue.\n", 200, "text/plain")

@behaviour
def not_found_text(peer, request, number):
    peer.answer("404 page not found\n", 404, "text/plain; charset=utf-8")

@behaviour
def not_found_empty(peer, request, number):
    peer.answer("", 404, "text/plain")

@behaviour
def not_found_json(peer, request, number):
    peer.answer('{"detail":"Not Found"}', 404)

@behaviour
def unauthorized_text(peer, request, number):
    peer.answer("Unauthorized\n", 401, "text/plain", ["WWW-Authenticate: Basic realm=x"])

@behaviour
def bad_gateway_page(peer, request, number):
    peer.answer("<html><h1>502 Bad Gateway</h1></html>", 502, "text/html")

@behaviour
def refused_caller(peer, request, number):
    peer.answer('{"Code":"InvalidAccessKeyId.NotFound","Message":"m","RequestId":"r","HostId":"h"}', 404)


# Bodies that are not what they should be.

@behaviour
def empty_body(peer, request, number):
    peer.answer("")

@behaviour
def no_content(peer, request, number):
    peer.send(b"HTTP/1.1 204 No Content\r\n\r\n")

@behaviour
def gzip_unasked(peer, request, number):
    peer.answer(gzip.compress(peer.right(request)[2]), headers=["Content-Encoding: gzip"])

@behaviour
def gzip_in_secret(peer, request, number):
    peer.answer(gzip.compress(peer.right(request)[2]))

@behaviour
def byte_order_mark(peer, request, number):
    peer.answer(b"\xef\xbb\xbf" + peer.right(request)[2])

@behaviour
def utf_16(peer, request, number):
    peer.answer(peer.right(request)[2].decode().encode("utf-16"))

@behaviour
def not_utf_8(peer, request, number):
    peer.answer(b'{"RequestId":"\xff\xfe\xc0\xaf","Snapshots":{"Snapshot":[]}}')

@behaviour
def deep_json(peer, request, number):
    peer.answer('{"RequestId":"a","x":' + "[" * 100_000 + "]" * 100_000 + "}")

@behaviour
def deep_objects(peer, request, number):
    peer.answer('{"x":' * 50_000 + "1" + "}" * 50_000)

@behaviour
def deep_xml(peer, request, number):
    peer.answer("<a>" * 100_000 + "</a>" * 100_000, kind="text/xml")

@behaviour
def duplicate_names(peer, request, number):
    status, kind, body = peer.right(request)
    peer.answer(b'{"TotalCount":1,' + body[1:] if body.startswith(b"{") else body, status, kind)

@behaviour
def many_names(peer, request, number):
    peer.answer("{" + ",".join(f'"n{i}":1' for i in range(400_000)) + "}")

@behaviour
def number_of_400_digits(peer, request, number):
    peer.pass_on(request, lambda body: {**body, "PageNumber": 10 ** 400})

@behaviour
def number_beyond_double(peer, request, number):
    status, kind, body = peer.right(request)
    peer.answer(b'{"X":1e999,' + body[1:] if body.startswith(b"{") else body, status, kind)

@behaviour
def not_a_number(peer, request, number):
    peer.answer('{"RequestId":"a","TotalCount":NaN}')

@behaviour
def text_after_json(peer, request, number):
    status, kind, body = peer.right(request)
    peer.answer(body + b" trailing", status, kind)

@behaviour
def array_at_the_top(peer, request, number):
    peer.answer("[]")

@behaviour
def single_quotes(peer, request, number):
    peer.answer("{'RequestId': 'a'}")

@behaviour
def million_snapshots(peer, request, number):
    peer.answer('{"RequestId":"a","TotalCount":1,"Snapshots":{"Snapshot":[' + "{}," * 1_000_000 + "{}]}}")

@behaviour
def million_elements(peer, request, number):
    peer.answer("<DescribeSnapshotsResponse>" + "<a/>" * 1_000_000 + "</DescribeSnapshotsResponse>", kind="text/xml")

@behaviour
def many_attributes(peer, request, number):
    peer.answer("<DescribeSnapshotsResponse " + " ".join(f"a{i}=''" for i in range(200_000)) + "/>", kind="text/xml")

@behaviour
def doctype_internal(peer, request, number):
    entities = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10 if i else "ha"}">' for i in range(10))
    peer.answer(f"<!DOCTYPE r [{entities}]><DescribeSnapshotsResponse><RequestId>&e9;</RequestId></DescribeSnapshotsResponse>",
                kind="text/xml")

@behaviour
def doctype_external(peer, request, number):
    peer.answer('<!DOCTYPE r SYSTEM "file:///etc/passwd" [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
                "<DescribeSnapshotsResponse><RequestId>&x;</RequestId></DescribeSnapshotsResponse>", kind="text/xml")

@behaviour
def text_of_8_mb(peer, request, number):
    peer.answer('{"Code":"' + "A" * (8 * MIB - 100) + '","Message":"m"}', 400)

@behaviour
def million_ats(peer, request, number):
    peer.answer('{"Code":"X","Message":"' + "http://u:p@h " * 300_000 + '","RequestId":"r","HostId":"h"}', 400)

@behaviour
def million_signatures(peer, request, number):
    peer.answer('{"Code":"X","Message":"' + "Signature=abcdef&" * 300_000 + '","RequestId":"r","HostId":"h"}', 400)

@behaviour
def media_type_of_100_kb(peer, request, number):
    status, kind, body = peer.right(request)
    peer.answer(body, status, kind + "; x=" + "a" * 100 * KIB)

@behaviour
def request_id_of_1_mb(peer, request, number):
    peer.pass_on(request, lambda body: {**body, "RequestId": f"{number}" + "R" * MIB})

@behaviour
def request_id_of_100_kb_in_a_header(peer, request, number):
    status, kind, body = peer.right(request)
    peer.answer(body, status, kind, [f"x-acs-request-id: {number}" + "R" * 100 * KIB])


# What is right in itself, but not for this request.

@behaviour
def swapped_answers(peer, request, number):
    """Two requests that are under way together get each other's answer."""
    with peer.server.lock:
        mine = peer.right(request)
        other = peer.server.memory.pop("waiting", None)
        if other is None:
            other = peer.server.memory["waiting"] = {"answer": mine, "taken": threading.Event()}
            first = True
        else:
            other["other"] = mine
            other["taken"].set()
            first = False
    if first:
        other["taken"].wait(0.003)
        with peer.server.lock:
            if peer.server.memory.get("waiting") is other:
                del peer.server.memory["waiting"]
    status, kind, body = other.get("other", mine) if first else other["answer"]
    peer.answer(body, status, kind)

@behaviour
def answer_of_the_request_before(peer, request, number):
    with peer.server.lock:
        mine = peer.right(request)
        status, kind, body = peer.server.memory.get("last", mine)
        peer.server.memory["last"] = mine
    peer.answer(body, status, kind)

@behaviour
def always_500(peer, request, number):
    peer.answer('{"Code":"InternalError","Message":"x","RequestId":"y","HostId":"z"}', 500)

@behaviour
def always_empty(peer, request, number):
    peer.answer('{"RequestId":"r%d","TotalCount":0,"PageNumber":1,"PageSize":10,"Snapshots":{"Snapshot":[]}}' % number)


def fresh(request, number, **more):
    snapshots = [{"SnapshotId": f"s-{number:06d}{i:03d}", "Status": "accomplished", "Progress": "100%"} for i in range(100)]
    return json.dumps({"RequestId": f"r{number}", "TotalCount": 10 ** 9, "PageSize": 100,
                       "PageNumber": int(request.parameters.get("PageNumber", "1") or 1) if
                       request.parameters.get("PageNumber", "1").isdigit() else 1,
                       "Snapshots": {"Snapshot": snapshots}, **more})

@behaviour
def endless_pages(peer, request, number):
    peer.answer(fresh(request, number))

@behaviour
def endless_tokens(peer, request, number):
    peer.answer(fresh(request, number, NextToken=f"t{number}"))

@behaviour
def endless_empty_pages(peer, request, number):
    peer.answer('{"RequestId":"r%d","TotalCount":1000,"Snapshots":{"Snapshot":[]},"NextToken":"t%d"}' % (number, number))

@behaviour
def tokens_of_7_mb(peer, request, number):
    peer.pass_on(request, lambda body: {**body, "NextToken": f"{number}" + "T" * 7 * MIB})

@behaviour
def the_same_token(peer, request, number):
    peer.pass_on(request, lambda body: {**body, "NextToken": "same"})


# Too many requests, always.

@behaviour
def throttled_429(peer, request, number):
    peer.answer("slow down", 429, "text/plain", ["Retry-After: 1"])

@behaviour
def throttled_503(peer, request, number):
    peer.answer("slow down", 503, "text/plain", ["Retry-After: 3600"])

@behaviour
def throttled_by_code(peer, request, number):
    peer.answer('{"Code":"Throttling","Message":"m","RequestId":"r","HostId":"h"}', 400)

@behaviour
def throttled_after_100(peer, request, number):
    if number > 100:
        return throttled_by_code(peer, request, number)
    peer.pass_on(request)

@behaviour
def hundredth_429(peer, request, number):
    """Right: whoever is throttled comes again."""
    if number % 100 == 0:
        return peer.answer("slow down", 429, "text/plain")
    peer.pass_on(request)


# Texts that act where they are shown, and texts that should not be kept.

ACTING = ("\x1b]0;owned\x07\x1b[2J\u009b31m\u202egnp.exe\u2066\u2028\r\n<script>alert(1)</script>]]>"
          "<img src=http://127.0.0.1:9/x onerror=alert(1)>|[a](javascript:x)`$(touch canary)`;touch canary;'\"&")

@behaviour
def acting_refusals(peer, request, number):
    peer.answer(json.dumps({"Code": "C" + ACTING, "Message": ACTING, "RequestId": ACTING, "HostId": ACTING,
                            "Recommend": ACTING}, ensure_ascii=False), 400)

@behaviour
def acting_header(peer, request, number):
    peer.answer("{}", 400, headers=["x-acs-request-id: \x1b[2J"])

@behaviour
def acting_lists(peer, request, number):
    def spoil(body):
        for snapshot in body.get("Snapshots", {}).get("Snapshot", []):
            snapshot["SnapshotName"] = snapshot["Description"] = ACTING
        return {**body, "RequestId": ACTING, "NextToken": ACTING, ACTING: ACTING}
    peer.pass_on(request, spoil)

@behaviour
def acting_media_type(peer, request, number):
    status, _, body = peer.right(request)
    peer.answer(body, status, "text/x<script>'\"]]>`\xe2\x80\xae\xc2\x9b[2J|$(touch canary)")

@behaviour
def echo(peer, request, number):
    """Refuses with all that came, plain, percent-encoded, in Base64 and escaped."""
    import base64
    said = request.head.decode("latin-1") + request.body.decode("latin-1")
    texts = [said, urllib.parse.unquote(said), urllib.parse.quote(said, safe=""),
             base64.b64encode(said.encode("latin-1")).decode(), *(v.strip() for _, v in request.headers),
             *request.parameters.values()]
    peer.answer(json.dumps({"Code": "Echo", "Message": " ".join(texts), "RequestId": f"r{number}", "HostId": "h"}), 400)


@behaviour
def echo_of_parameters(peer, request, number):
    echo(peer, request, number)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("name", nargs="?", choices=BEHAVIOURS)
    options.add_argument("--list", action="store_true")
    options.add_argument("--upstream", default="")
    options.add_argument("--port", type=int, default=0)
    chosen = options.parse_args()
    if chosen.list:
        return print("\n".join(BEHAVIOURS))
    if not chosen.name:
        options.error("a behaviour is needed; --list names them")
    server = Server(chosen.name, chosen.upstream, chosen.port)
    print(f"listening on {server.url}", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    sys.exit(main())
