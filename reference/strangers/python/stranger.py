"""A small emulator of Alibaba Cloud ECS DescribeSnapshots, written from the documents alone.
It shares no code with the rest of the project on purpose: it is a stranger to the tool that
tests it. Switches make another sane choice where the documents are silent; mistakes are bugs."""
import argparse, asyncio, base64, hashlib, hmac, itertools, json, re, sys, time, unicodedata, uuid
from datetime import datetime, timedelta, timezone
from urllib.parse import quote, unquote_to_bytes
from xml.sax.saxutils import escape

SWITCHES = {
    "oldest-first": "Snapshots come oldest first instead of newest first.",
    "maxresults-cut": "MaxResults above 100 is cut to 100; PageSize above 100 is still refused.",
    "page-number-wins": "PageNumber beside MaxResults and no NextToken chooses page mode.",
    "token-total-page": "In token mode TotalCount counts the snapshots in this one answer.",
    "split-paging-fields": "Token mode leaves out PageNumber and PageSize, page mode (but not a "
                           "request without any paging parameter) leaves out NextToken.",
    "last-token-absent": "With no further page NextToken is left out instead of empty.",
    "loose-token": "A token remembers its position only and may be used with other filters.",
    "token-pages-of-50": "In token mode a page holds at most 50 snapshots, whatever MaxResults is.",
    "encrypted-false-open": "Encrypted=false sets no condition instead of unencrypted only.",
    "any-case-names": "A name in another letter case is read if the right one is not there too.",
    "filters-any-slot": "Any Filter.N may hold CreationStartTime or CreationEndTime.",
    "whole-minute-end": "A CreationEndTime without seconds includes its whole minute.",
    "comma-ids": "SnapshotIds that do not start with '[' are read as bare ids with commas.",
    "empty-tag-value-exact": "An empty Tag.N.Value beside a key asks for the empty value.",
    "unset-as-empty": "Unset text fields come as empty strings, SnapshotName excepted.",
    "sample-types": "Available is text as in the sample, SourceDiskSize text as in the table.",
    "dry-run-first": "DryRun is answered before the values of other parameters are checked.",
    "generic-enum-errors": "A bad SnapshotType or SourceDiskType gives 400 InvalidParameter.",
}
MISTAKES = {
    "isdigit-int": "str.isdigit() is trusted before int(), so a superscript digit in a number or "
                   "in Tag.N gives 500; breaks 'PageSize | Integer' and 'Valid values of N'.",
    "bool-of-text": "bool('false') is true; breaks 'Encrypted: Specifies whether the snapshot is "
                    "encrypted' and 'DryRun: Specifies whether to perform only a dry run'.",
    "name-nfkc": "Names are compared after NFKC normalisation, so different names are one; breaks "
                 "'SnapshotName: The name of the snapshot'.",
    "last-one-lost": "An off-by-one ends paging by token when one last snapshot is left; breaks "
                     "'NextToken: ... in the next request to retrieve a new page of results'.",
    "keyset-by-time": "The next page starts strictly after the last CreationTime, so equal times "
                      "at a page border are lost; breaks 'retrieve a new page of results'.",
    "sticky-page-size": "A shared dict of defaults is updated, so a request's PageSize is the next "
                        "one's default; breaks 'PageSize: Default value: 10'.",
    "naive-time": "fromisoformat() takes a time without Z and comparing it gives 500; breaks "
                  "'404 InvalidFilterValue: Invalid filter value'.",
    "text-times": "Times are compared as text, where 17:00Z comes after 17:00:30Z; breaks "
                  "'Filter.1.Value: Set the value to a time' in its form 2019-12-13T17:00Z.",
    "xml-tags-raw": "Tags are not escaped in XML, so the body is no XML or says something else; "
                    "breaks 'TagValue: The tag value of the snapshot'.",
    "falsy-dropped": "Fields are kept by truth, so false and 0 vanish; breaks 'Encrypted: "
                     "Indicates whether the snapshot is encrypted' and 'RemainTime'.",
    "xml-python-bool": "str() writes True and False in XML; breaks 'Encrypted | Boolean | false'.",
    "tags-zip": "Tag keys and values are collected apart and zipped, so a key without a value "
                "takes the next tag's; breaks 'resources that have all these tags added'.",
    "tag-range-20": "range(1, 20) never reads Tag.20; breaks 'Valid values of N: 1 to 20'.",
    "ids-untyped": "json.loads() is trusted to give a list of strings, so a number or a nested "
                   "list gives 500; breaks '403 InvalidSnapshotIds.Malformed'.",
    "deep-ids": "json.loads() of 3,000 brackets raises RecursionError, which is no ValueError, and "
                "gives 500; breaks '403 InvalidSnapshotIds.Malformed'.",
    "strptime-alone": "strptime() takes 2019-1-3T1:2Z and digits of any script too; breaks "
                      "'404 InvalidFilterValue: Invalid filter value'.",
    "header-value": "The name asked for is echoed in a header, where a line break or a NUL gives "
                    "500; breaks 'SnapshotName: The name of the snapshot'.",
}
ERRORS = {
    "InvalidParameter": (400, 'The specified parameter "%s" is not valid.'),
    "MissingParameter": (400, 'The input parameter "%s" that is mandatory for processing this '
                              "request is not supplied."),
    "DryRunOperation": (400, "Request validation has been passed with DryRun flag set."),
    "InvalidTag.Mismatch": (400, "The specified Tag.n.Key and Tag.n.Value are not match."),
    "InvalidTagCount": (400, "The specified tags are beyond the permitted range."),
    "InvalidSnapshotIds.Malformed": (403, "The amount of specified specified snapshot Ids exceeds "
                                          "the limit."),
    "InvalidSnapshotCategory.Malformed": (403, "The specified Category is not valid."),
    "InvalidFilterKey.NotFound": (404, "The specified FilterKey is not found."),
    "InvalidFilterValue": (404, "The specified FilterValue exceeds the limit."),
    "InvalidUsage": (404, "The specifed Usage is not valid."),
    "InvalidStatus.NotFound": (404, "The specified Status is not found."),
    "InvalidSnapshotType.NotFound": (404, "The specfied SnapshotType is not found."),
    "InvalidSourceDiskType": (404, "The specifed SourceDiskType is not valid."),
    "InvalidSnapshotLinkId.NotFound": (404, "The specified snapshot link is not found."),
    "InvalidRegionId.NotFound": (404, "The specified RegionId does not exist."),
    "InvalidAction.NotFound": (404, "Specified api is not found, please check your url and "
                                    "method."),
    "InvalidVersion": (400, "Specified parameter Version is not valid."),
    "UnsupportedHTTPMethod": (403, "This http method is not supported."),
    "IncompleteSignature": (400, "The request signature does not conform to Aliyun standards."),
    "InvalidAccessKeyId.NotFound": (404, "Specified access key is not found."),
    "InvalidTimeStamp.Format": (400, "Specified time stamp or date value is not well formatted."),
    "InvalidTimeStamp.Expired": (400, "Specified time stamp or date value is expired."),
    "SignatureNonceUsed": (400, "Specified signature nonce was used already."),
    "SignatureDoesNotMatch": (400, "Specified signature is not matched with our calculation. "
                                   "server string to sign is:%s"),
    "InternalError": (500, "The request processing has failed due to some unknown error."),
}
ON = set()                                   # the switches and mistakes that are on
ENUMS = {"Status": ("InvalidStatus.NotFound", "progressing accomplished failed"),
         "SnapshotType": ("InvalidSnapshotType.NotFound", "auto user"),
         "Usage": ("InvalidUsage", "image disk image_disk none"),
         "SourceDiskType": ("InvalidSourceDiskType", "system data"),
         "Category": ("InvalidSnapshotCategory.Malformed", "standard flash")}
NEEDED = {**dict.fromkeys(("SnapshotId RegionId SnapshotLinkId SourceDiskId Progress CreationTime "
                           "LastModifiedTime ResourceGroupId").split() + list(ENUMS), str),
          "SourceDiskSize": int, "Encrypted": bool, "InstantAccess": bool, "Available": bool,
          "Tags": list}
TEXTS = ("Description KMSKeyId SnapshotSN ProductCode SourceSnapshotId SourceRegionId "
         "SourceStorageType").split()
FIELDS = {**NEEDED, **dict.fromkeys(TEXTS + ["InstanceId", "SnapshotName"], str), "RemainTime": int,
          "RetentionDays": int, "InstantAccessRetentionDays": int}
TAG = {"TagKey": str, "TagValue": str}
TOP = {"format": str, "regions": list, "default_resource_group": str, "snapshot_links": list,
       "snapshots": list}
DEFAULTS = {"PageNumber": 1, "PageSize": 10, "MaxResults": 10}
NAMES = {name.lower(): name for name in (*ENUMS, *DEFAULTS, *(
    "Action Version Format RegionId InstanceId DiskId SnapshotLinkId SnapshotIds SnapshotName "
    "NextToken Encrypted ResourceGroupId DryRun KMSKeyId").split())}
SECONDS, MINUTES = "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%MZ"
TOKEN_KEY = b"stranger"                      # fixed, so that tokens outlive a restart
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LIMIT = 1 << 25

class ApiError(Exception):
    def __init__(self, code, text=""):
        self.status, message = ERRORS[code]
        self.code, self.message = code, message.replace("%s", text)

def utc(text, form=SECONDS):
    fits = len(text) == {SECONDS: 20, MINUTES: 17}[form] and text.isascii()
    if not fits and "strptime-alone" not in ON:
        raise ValueError("not a time")       # strptime alone takes 2019-1-1 too
    return datetime.strptime(text, form).replace(tzinfo=timezone.utc)

def is_time(text):
    try:
        return utc(text)
    except ValueError:
        return None

# The state file

def check(where, obj, types, needed):
    if not isinstance(obj, dict):
        raise ValueError(f"{where} is not an object")
    for key in sorted(needed.keys() | obj.keys()):
        if key not in types or key not in obj or type(obj[key]) is not types[key]:
            raise ValueError(f"{where}: {key} is unknown, missing or of the wrong type")

class Row:
    """One snapshot: what the filters look at, and its finished JSON and XML."""
    def __init__(self, where, snap, data):
        check(where, snap, FIELDS, NEEDED)
        for n, tag in enumerate(snap["Tags"]):
            check(f"{where}.Tags[{n}]", tag, TAG, TAG)
        self.get, self.tags = snap.get, {t["TagKey"]: t["TagValue"] for t in snap["Tags"]}
        self.time = is_time(snap["CreationTime"])
        good = {key: snap[key] in values.split() for key, (_, values) in ENUMS.items()}
        good.update(RegionId=snap["RegionId"] in data.regions, CreationTime=self.time,
                    SnapshotLinkId=snap["SnapshotLinkId"] in data.links,
                    SnapshotId=snap["SnapshotId"] not in data.seen,
                    LastModifiedTime=is_time(snap["LastModifiedTime"]),
                    Progress=re.fullmatch("(100|[1-9]?[0-9])%", snap["Progress"]),
                    Tags=len(self.tags) == len(snap["Tags"]) <= 20)
        if bad := [key for key in good if not good[key]]:
            raise ValueError(f"{where}: {bad[0]} has a value that is not allowed")
        data.seen.add(snap["SnapshotId"])
        hidden = ("RegionId", "SnapshotLinkId", "InstanceId", "Tags")
        item = {**dict.fromkeys(TEXTS if "unset-as-empty" in ON else (), ""),
                **{key: value for key, value in snap.items() if key not in hidden}}
        if "sample-types" in ON:
            item["Available"] = "true" if item["Available"] else "false"
            item["SourceDiskSize"] = str(item["SourceDiskSize"])
        if "falsy-dropped" in ON:
            item = {key: value for key, value in item.items() if value}
        item["Tags"] = {"Tag": snap["Tags"]}
        self.json, self.xml = to_json(item), to_xml("Snapshot", item)

class Data:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            doc = json.load(file)
        check("dataset", doc, TOP, TOP)
        if doc["format"] != "assay-dataset/1" or not all(
                isinstance(x, str) for x in doc["regions"] + doc["snapshot_links"]):
            raise ValueError("dataset: format, regions or snapshot_links has a wrong value")
        self.regions, self.links = {r: [] for r in doc["regions"]}, set(doc["snapshot_links"])
        self.default_group, self.seen = doc["default_resource_group"], set()
        rows = [Row(f"snapshots[{n}]", s, self) for n, s in enumerate(doc["snapshots"])]
        rows.sort(key=lambda row: row.time)
        self.rows = rows if "oldest-first" in ON else rows[::-1]
        for pos, row in enumerate(self.rows):
            row.pos = pos
            self.regions[row.get("RegionId")].append(row)

# Reading parameters. An empty value counts as one that is not given.

def any_case(params):
    out = dict(params)
    for name, value in params.items():
        known = NAMES.get(name.lower())
        if parts := re.fullmatch(r"(tag|filter)\.([0-9]+)\.(key|value)", name, re.I | re.A):
            kind, n, part = parts[1].capitalize(), parts[2], parts[3].capitalize()
            old_spelling = f"Tag.{n}.{part.lower()}" in params and kind == "Tag"
            known = None if old_spelling else f"{kind}.{n}.{part}"
        if known:
            out.setdefault(known, value)
    return out

def integer(p, name, top):
    text = p.get(name, str(DEFAULTS[name]))
    digits = text.isdigit() if "isdigit-int" in ON else re.fullmatch("[0-9]+", text)
    cut = name == "MaxResults" and "maxresults-cut" in ON
    if not digits or len(text) > 10 or not int(text) or int(text) > top and not cut:
        raise ApiError("InvalidParameter", name)
    return min(int(text), top)

def boolean(p, name):
    text = p.get(name, "")
    if "bool-of-text" in ON or not text:
        return bool(text) or None
    if text.lower() not in ("true", "false"):
        raise ApiError("InvalidParameter", name)
    return text.lower() == "true"

def enum(p, name):
    value = p.get(name)
    if not value or value == "all" and name in ("Status", "SnapshotType"):
        return None
    if name in ("SourceDiskType", "Category"):
        value = value.lower()
    code, values = ENUMS[name]
    if value not in values.split() and (name, value) != ("Category", "archive"):
        plain = "generic-enum-errors" in ON and name in ("SnapshotType", "SourceDiskType")
        raise ApiError("InvalidParameter" if plain else code, name)
    return value

def snapshot_ids(text):
    if text is None:
        return None
    try:
        comma = "comma-ids" in ON and not text.lstrip().startswith("[")
        ids = [x.strip() for x in text.split(",")] if comma else json.loads(text)
    except ValueError if "deep-ids" in ON else (ValueError, RecursionError):
        raise ApiError("InvalidSnapshotIds.Malformed") from None
    if "ids-untyped" not in ON and not (
            isinstance(ids, list) and all(isinstance(x, str) for x in ids)) or len(ids) > 100:
        raise ApiError("InvalidSnapshotIds.Malformed")
    return set(ids)

def time_filters(p):
    """A list of (is start, time, text); every one of them must hold."""
    known, found = ("CreationStartTime", "CreationEndTime"), []
    slots = {"1": known[:1], "2": known[1:]}
    if "filters-any-slot" in ON:
        slots = {m[1]: known for m in map(re.compile(r"Filter\.([0-9]+)\.").match, p) if m}
    for n, keys in slots.items():
        key, text = p.get(f"Filter.{n}.Key"), p.get(f"Filter.{n}.Value", "")
        if not key and not text:
            continue
        if key not in keys:
            raise ApiError("InvalidFilterKey.NotFound")
        short = len(text) == 17 or "strptime-alone" in ON and text.count(":") == 1
        try:
            moment = (datetime.fromisoformat(text) if "naive-time" in ON
                      else utc(text, MINUTES if short else SECONDS))
        except ValueError:
            raise ApiError("InvalidFilterValue") from None
        if short and key == known[1] and "whole-minute-end" in ON:
            moment += timedelta(seconds=59)
        found.append((key == known[0], moment, text))
    return found

def tag_filters(p, given):
    """A list of (key, value); value None means that any will do."""
    for name in p:
        n = name.split(".")[1] if re.fullmatch(r"Tag\.[^.]+\.([Kk]ey|[Vv]alue)", name) else "1"
        if n.isdigit() if "isdigit-int" in ON else re.fullmatch("0|[1-9][0-9]*", n):
            if len(n) > 2 or not 1 <= int(n) <= 20:
                raise ApiError("InvalidTagCount")
    keys, values = [], []
    for n in range(1, 20 if "tag-range-20" in ON else 21):
        key = p.get(f"Tag.{n}.Key") or p.get(f"Tag.{n}.key")
        value = p.get(f"Tag.{n}.Value") or p.get(f"Tag.{n}.value")
        if value and not key:
            raise ApiError("InvalidTag.Mismatch")
        if "empty-tag-value-exact" in ON and value is None:
            value = given.get(f"Tag.{n}.Value", given.get(f"Tag.{n}.value"))
        if key:
            keys.append(key)
            values.append(value)
    if "tags-zip" in ON:
        values = [value for value in values if value is not None]
    return list(itertools.zip_longest(keys, values))

# The operation

def make_token(pos, mark):
    body = pos.to_bytes(4, "big") + mark
    return (body + hmac.digest(TOKEN_KEY, body, "sha256")[:8]).hex()

def read_token(text, mark):
    pos = int(text[:8], 16) if re.fullmatch("[0-9a-f]{32}", text) else 0
    if pos and "loose-token" in ON:
        mark = bytes.fromhex(text[8:16])
    if not pos or text != make_token(pos, mark):
        raise ApiError("InvalidParameter", "NextToken")
    return pos

def describe_snapshots(data, given):
    p = {name: value for name, value in given.items() if value}
    if "RegionId" not in p:
        raise ApiError("MissingParameter", "RegionId")
    if p["RegionId"] not in data.regions:
        raise ApiError("InvalidRegionId.NotFound")
    dry_run = boolean(p, "DryRun")
    if dry_run and "dry-run-first" in ON:
        raise ApiError("DryRunOperation")
    equal = {name: enum(p, name) for name in ENUMS}
    equal["Encrypted"] = boolean(p, "Encrypted")
    if "encrypted-false-open" in ON:
        equal["Encrypted"] = equal["Encrypted"] or None
    equal.update({name: p.get(name) for name in ("InstanceId", "SnapshotLinkId", "SnapshotName",
                                                 "KMSKeyId")}, SourceDiskId=p.get("DiskId"))
    if "header-value" in ON and re.search("[\0\r\n]", p.get("SnapshotName", "")):
        raise RuntimeError("bad header value")
    ids, times = snapshot_ids(p.get("SnapshotIds")), time_filters(p)
    tags, group = tag_filters(p, given), p.get("ResourceGroupId")
    if equal["SnapshotLinkId"] not in data.links | {None}:
        raise ApiError("InvalidSnapshotLinkId.NotFound")
    mark = repr((p["RegionId"], equal, ids and sorted(ids), sorted(map(repr, times)),
                 sorted(map(repr, tags)), group))
    mark = hashlib.sha256(mark.encode("utf-8", "backslashreplace")).digest()[:4]
    number, size = integer(p, "PageNumber", 2**31 - 1), integer(p, "PageSize", 100)
    limit = integer(p, "MaxResults", 100)
    start = read_token(p["NextToken"], mark) if "NextToken" in p else 0
    if dry_run:
        raise ApiError("DryRunOperation")
    if "sticky-page-size" in ON:
        DEFAULTS["PageSize"] = size

    rows = select(data, p["RegionId"], equal, ids, times, tags, group)
    total = len(rows)
    by_token = "NextToken" in p or "MaxResults" in p and not (
        "PageNumber" in p and "page-number-wins" in ON)
    if by_token:                             # as in the sibling operations, a token beats a page
        number, size = 1, min(limit, 50 if "token-pages-of-50" in ON else 100)
        rows = [r for r in rows if r.pos >= start]
        if "keyset-by-time" in ON and start:
            rows = [r for r in rows if r.time != data.rows[start - 1].time]
    else:
        rows = rows[(number - 1) * size:]
    page, left = rows[:size], len(rows) - size
    fields = {"TotalCount": len(page) if by_token and "token-total-page" in ON else total}
    if not by_token or "split-paging-fields" not in ON:
        fields.update(PageNumber=number, PageSize=size)
    more = left > (1 if "last-one-lost" in ON and by_token else 0)
    if more or "last-token-absent" not in ON:
        fields["NextToken"] = make_token(page[-1].pos + 1, mark) if more else ""
    if "split-paging-fields" in ON and not by_token and ("PageNumber" in p or "PageSize" in p):
        fields.pop("NextToken", None)
    return page, fields

def select(data, region, equal, ids, times, tags, group):
    rows = data.regions[region]
    if ids is not None:
        rows = [r for r in rows if r.get("SnapshotId") in ids]
    fold = lambda text: unicodedata.normalize("NFKC", text) if "name-nfkc" in ON else text
    for name, value in equal.items():
        if name == "SnapshotName" and value is not None:
            rows = [r for r in rows if fold(r.get(name, "")) == fold(value)]
        elif value is not None:
            rows = [r for r in rows if r.get(name) == value]
    for is_start, moment, text in times:
        at = (lambda r: r.get("CreationTime")) if "text-times" in ON else lambda r: r.time
        bound = text if "text-times" in ON else moment
        rows = [r for r in rows if (at(r) >= bound if is_start else at(r) <= bound)]
    for key, value in tags:
        rows = [r for r in rows if key in r.tags and value in (None, r.tags[key])]
    if group:            # the default group is always shown and does not use up the thousand
        members = itertools.count()
        rows = [r for r in rows if r.get("ResourceGroupId") == group and next(members) < 1000
                or r.get("ResourceGroupId") == data.default_group != group]
    return rows[:1000] if tags else rows

def to_json(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

def to_xml(name, value, raw=False):
    if isinstance(value, list):
        return "".join(to_xml(name, x, raw) for x in value)
    if isinstance(value, dict):
        raw = raw or name == "Tags" and "xml-tags-raw" in ON
        text = "".join(to_xml(key, x, raw) for key, x in value.items())
    else:
        lower = isinstance(value, bool) and "xml-python-bool" not in ON
        text = NOT_XML.sub("\ufffd", str(value).lower() if lower else str(value))
        text = text if raw else escape(text, {"\r": "&#13;"})
    return f"<{name}>{text}</{name}>"

def render(as_json, root, rows, fields):
    if as_json:
        text = to_json(fields)
        if rows is not None:
            items = ",".join(r.json for r in rows)
            text = f'{text[:-1]},"Snapshots":{{"Snapshot":[{items}]}}}}'
    else:
        text = "".join(to_xml(name, value) for name, value in fields.items())
        if rows is not None:
            text += f"<Snapshots>{''.join(r.xml for r in rows)}</Snapshots>"
        text = f'<?xml version="1.0" encoding="UTF-8"?><{root}>{text}</{root}>'
    return text.encode("utf-8", "replace")

# Signatures

def canonical(pairs):
    pairs = sorted((quote(k, safe="-_.~"), quote(v, safe="-_.~")) for k, v in pairs)
    return "&".join(f"{k}={v}" for k, v in pairs)

def v1_sign(secret, method, pairs):
    query = canonical((k, v) for k, v in pairs if k != b"Signature")
    text = f"{method}&%2F&{quote(query, safe='-_.~')}"
    mac = hmac.digest(f"{secret}&".encode(), text.encode(), "sha1")
    return text, base64.b64encode(mac).decode()

def v3_sign(secret, method, path, pairs, headers, signed, payload):
    lines = "".join(f"{h}:{','.join(sorted(headers.get(h, ())))}\n" for h in signed.split(";"))
    request = "\n".join((method, path, canonical(pairs), lines, signed, payload))
    text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(request.encode("latin-1")).hexdigest()
    return text, hmac.digest(secret.encode(), text.encode(), "sha256").hex()

class Auth:
    def __init__(self, text):
        self.id, self.secret = text.split(":", 1)
        self.nonces = {}

    def verify(self, method, path, query, form, params, headers, body):
        line = headers.get("authorization", [""])[0]
        if line.startswith("ACS3-"):
            parts = re.fullmatch(r"ACS3-HMAC-SHA256 +Credential=([^,]*), *SignedHeaders=([^,]*), *"
                                 r"Signature=([0-9a-f]*)", line)
            hashed = headers.get("x-acs-content-sha256", [""])[0]
            stamp = headers.get("x-acs-date", [""])[0]
            nonce = headers.get("x-acs-signature-nonce", [""])[0]
            if not parts or hashed != hashlib.sha256(body).hexdigest() or not nonce:
                raise ApiError("IncompleteSignature")
            key, signed, signature = parts.groups()
            text, right = v3_sign(self.secret, method, path, query, headers, signed, hashed)
        else:
            names = ("AccessKeyId", "Signature", "SignatureMethod", "SignatureVersion",
                     "SignatureNonce", "Timestamp")
            for name in names:
                if not params.get(name):
                    raise ApiError("MissingParameter", name)
            key, signature, how, version, nonce, stamp = map(params.get, names)
            if how.upper() != "HMAC-SHA1" or version != "1.0":
                raise ApiError("IncompleteSignature")
            text, right = v1_sign(self.secret, method, query + form)
        if key != self.id:
            raise ApiError("InvalidAccessKeyId.NotFound")
        if not is_time(stamp):
            raise ApiError("InvalidTimeStamp.Format")
        now = time.time()
        if abs(now - utc(stamp).timestamp()) > 31 * 60:
            raise ApiError("InvalidTimeStamp.Expired")
        if not hmac.compare_digest(signature.encode("utf-8", "replace"), right.encode()):
            raise ApiError("SignatureDoesNotMatch", text)
        if nonce in self.nonces:
            raise ApiError("SignatureNonceUsed")
        if len(self.nonces) > 50000:
            self.nonces = {n: t for n, t in self.nonces.items() if now - t < 3720}
        self.nonces[nonce] = now

# HTTP

def pairs_of(raw):
    halves = (part.replace(b"+", b" ").partition(b"=") for part in raw.split(b"&") if part)
    return [(unquote_to_bytes(name), unquote_to_bytes(value)) for name, _, value in halves]

def answer(data, auth, method, target, headers, body):
    """The status, the body, its media type and the request id. Of a repeated name the last wins."""
    request_id = str(uuid.uuid4()).upper()
    path, _, query = target.partition(b"?")
    path = re.sub("(?i)^https?://[^/]*", "", path.decode("latin-1")) or "/"
    kind = headers.get("content-type", [""])[0].split(";")[0].strip().lower()
    is_form = method == "POST" and kind in ("", "application/x-www-form-urlencoded")
    query, form = pairs_of(query), pairs_of(body) if is_form else []
    params = {k.decode("utf-8", "replace"): v.decode("utf-8", "replace") for k, v in query + form}
    if "any-case-names" in ON:
        params = any_case(params)
    action, version = (headers.get(f"x-acs-{x}", [""])[0] for x in ("action", "version"))
    wish = params.get("Format", "").upper()  # the default is XML for V1 and JSON for V3
    as_json = wish == "JSON" or wish != "XML" and action != ""
    media = f"application/{'json' if as_json else 'xml'};charset=utf-8"
    try:
        if method not in ("GET", "POST"):
            raise ApiError("UnsupportedHTTPMethod")
        if auth:
            auth.verify(method, path, query, form, params, headers, body)
        action = action or params.get("Action")
        if not action:
            raise ApiError("MissingParameter", "Action")
        if path != "/" or action != "DescribeSnapshots":
            raise ApiError("InvalidAction.NotFound")
        if (version or params.get("Version")) not in (None, "", "2014-05-26"):
            raise ApiError("InvalidVersion")
        rows, fields = describe_snapshots(data, params)
        fields["RequestId"] = request_id
        out = render(as_json, "DescribeSnapshotsResponse", rows, fields)
        return 200, out, media, request_id
    except ApiError as e:
        error = e
    except Exception as e:                   # where a mistake ends
        print("internal error:", repr(e)[:200], file=sys.stderr)
        error = ApiError("InternalError")
    fields = {"RequestId": request_id, "HostId": "ecs.aliyuncs.com", "Code": error.code,
              "Message": error.message,
              "Recommend": f"https://api.aliyun.com/troubleshoot?q={error.code}&product=Ecs"}
    return error.status, render(as_json, "Error", None, fields), media, request_id

async def read_body(reader, headers):
    if "chunked" not in headers.get("transfer-encoding", [""])[0].lower():
        size = headers.get("content-length", ["0"])[0]
        if not re.fullmatch("[0-9]{1,9}", size) or int(size) > LIMIT:
            raise ValueError("bad length")
        return await reader.readexactly(int(size))
    body = b""
    while size := (await reader.readuntil(b"\n")).split(b";")[0].strip().lstrip(b"0") or None:
        if not re.fullmatch(b"[0-9a-fA-F]{1,8}", size) or len(body) + int(size, 16) > LIMIT:
            raise ValueError("bad chunk")
        body += await reader.readexactly(int(size, 16))
        await reader.readuntil(b"\n")
    while (await reader.readuntil(b"\n")).strip():
        pass                                 # trailers
    return body

async def connection(data, auth, reader, writer):
    keep = True
    try:
        while keep:
            first, *lines = (await reader.readuntil(b"\r\n\r\n")).strip(b"\r\n").split(b"\r\n")
            headers = {}
            for line in lines:
                name, _, value = line.decode("latin-1").partition(":")
                headers.setdefault(name.strip().lower(), []).append(value.strip())
            method, target, version = first.split(b" ")
            if "expect" in headers:
                writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            body = await read_body(reader, headers)
            wish = headers.get("connection", [""])[0].lower()
            keep = "close" not in wish and (version == b"HTTP/1.1" or "keep-alive" in wish)
            status, out, media, request_id = answer(data, auth, method.decode("latin-1"), target,
                                                    headers, body)
            top = (f"HTTP/1.1 {status} {'OK' if status == 200 else 'Error'}\r\n"
                   f"Content-Type: {media}\r\nContent-Length: {len(out)}\r\n"
                   f"x-acs-request-id: {request_id}\r\n"
                   f"Connection: {'keep-alive' if keep else 'close'}\r\n\r\n")
            writer.write(top.encode() + (out if method != b"HEAD" else b""))
            await writer.drain()
    except ValueError:
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
        pass
    finally:
        writer.close()

async def serve(host, port, data, auth):
    server = await asyncio.start_server(lambda r, w: connection(data, auth, r, w), host, port,
                                        limit=LIMIT, backlog=512)
    print(f"listening on http://{host}:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()

def main():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--listen", default="127.0.0.1:0", metavar="HOST:PORT")
    parser.add_argument("--dataset", metavar="FILE")
    parser.add_argument("--switch", action="append", default=[], choices=list(SWITCHES))
    parser.add_argument("--mistake", action="append", default=[], choices=list(MISTAKES))
    parser.add_argument("--auth", type=Auth, metavar="ID:SECRET")
    parser.add_argument("--list", action="store_true")
    args = parser.parse_args()
    if args.list:
        return print(json.dumps({"switches": SWITCHES, "mistakes": MISTAKES}))
    host, _, port = args.listen.rpartition(":")
    if not args.dataset or not port.isdecimal():
        parser.error("--dataset FILE and --listen HOST:PORT are needed")
    ON.update(args.switch, args.mistake)
    try:
        asyncio.run(serve(host, int(port), Data(args.dataset), args.auth))
    except KeyboardInterrupt:
        pass
    except (OSError, ValueError, RecursionError, OverflowError) as e:
        parser.exit(2, f"stranger: {e}\n")

if __name__ == "__main__":
    main()
