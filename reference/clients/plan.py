"""What a client is asked to do, what it has to see, and the judgement of what it saw.

Expectations come from the dataset file alone, by plain comparison: nothing here knows the program.
"""

import collections
import dataclasses

ACCESS_KEY_ID = "testid"
ACCESS_KEY_SECRET = "testsecret"
FIELDS = ("SnapshotName", "Status", "SourceDiskSize", "Tags")
PAGE = 50  # the most that every client can ask for
MOST_IDS = 100


@dataclasses.dataclass
class Step:
    """One call of a client, or a walk over all pages, and what has to come of it."""

    name: str
    needs: str  # what a client has to be able to do, in the words of Client.cannot
    request: dict
    walk: str = "page_number"  # or next_token
    secret: str = ACCESS_KEY_SECRET
    wanted: list = dataclasses.field(default_factory=list)  # snapshots as in the dataset
    error: str = ""  # the code that is seen instead
    error_text: str = ""  # and what its message holds

    def for_program(self):
        return {"name": self.name, "walk": self.walk, "secret": self.secret,
                "request": self.request}


def make_steps(dataset):
    region = _most_varied_region(dataset["snapshots"])
    inside = [s for s in dataset["snapshots"] if s["RegionId"] == region]
    outside = [s for s in dataset["snapshots"] if s["RegionId"] != region]
    return [*_walks(inside), *_filters(inside, outside), *_refusals(inside)]


def _most_varied_region(snapshots):
    """The region with the most names: a larger one may hold nothing to filter by."""
    names = collections.defaultdict(set)
    for snapshot in snapshots:
        names[snapshot["RegionId"]].add(snapshot.get("SnapshotName"))
    return max(names, key=lambda region: len(names[region]))


def _walks(inside):
    region = {"RegionId": inside[0]["RegionId"]}
    return [
        Step("all pages by PageNumber", "list", {**region, "PageSize": PAGE}, wanted=inside),
        Step("all pages by NextToken", "next_token", {**region, "MaxResults": PAGE},
             walk="next_token", wanted=inside),
    ]


def _filters(inside, outside):
    ids = [s["SnapshotId"] for s in (inside[0], inside[-1], outside[0])]
    tags = next(s["Tags"] for s in inside
                if len(s["Tags"]) == 2 and all(t["TagValue"] for t in s["Tags"]))
    return [
        _filter(inside, "three SnapshotIds, one of another region", "list", {"SnapshotIds": ids},
                lambda s: s["SnapshotId"] in ids),
        _filter(inside, "Status", "status", {"Status": "progressing"},
                lambda s: s["Status"] == "progressing"),
        _by_name(inside, "with a blank", "blank_name",
                 lambda name: name.isascii() and " " in name),
        _by_name(inside, "beyond ASCII", "foreign_name",
                 lambda name: name.isalpha() and not name.isascii()),
        _by_name(inside, "full of reserved characters", "reserved_name",
                 lambda name: all(c in name for c in "+&%*")),
        _filter(inside, "two tags", "tags",
                {"Tags": [{"Key": t["TagKey"], "Value": t["TagValue"]} for t in tags]},
                lambda s: all(t in s["Tags"] for t in tags)),
    ]


def _filter(inside, name, needs, request, matches):
    region = {"RegionId": inside[0]["RegionId"]}
    wanted = [s for s in inside if matches(s)]
    assert wanted, f"the dataset has nothing for: {name}"
    return Step(name, needs, {**region, "PageSize": PAGE, **request}, wanted=wanted)


def _by_name(inside, what, needs, has_it):
    name = next(s["SnapshotName"] for s in inside if has_it(s.get("SnapshotName", "")))
    return _filter(inside, f"SnapshotName {what}", needs, {"SnapshotName": name},
                   lambda s: s.get("SnapshotName") == name)


def _refusals(inside):
    region = {"RegionId": inside[0]["RegionId"], "PageSize": PAGE}
    too_many = [s["SnapshotId"] for s in inside[:MOST_IDS + 1]]
    return [
        Step("more ids than allowed", "list", {**region, "SnapshotIds": too_many},
             error="InvalidSnapshotIds.Malformed", error_text="snapshot Ids exceeds the limit"),
        Step("a Status that does not exist", "status", {**region, "Status": "unheard-of"},
             error="InvalidStatus.NotFound", error_text="The specified Status is not found"),
        Step("a wrong secret", "authentication", region, secret="not the secret",
             error="SignatureDoesNotMatch",
             error_text="Specified signature is not matched with our calculation"),
    ]


def find_mistakes(step, seen, client):
    """What is wrong with what the client's program reported of the step, one sentence each."""
    if seen is None:
        return ["the program says nothing of it"]
    if step.error:
        return _mistaken_error(step, seen.get("error"), client)
    if "error" in seen:
        return [f"an error instead of snapshots: {seen['error']}"]
    return [*_mistaken_ids(step, seen["snapshots"]), *_mistaken_total(step, seen),
            *_mistaken_fields(step, seen["snapshots"], client.fields)]


def _mistaken_error(step, error, client):
    if error is None:
        return [f"no error, but {step.error} was to be seen"]
    kind = client.error_types.get(step.error, client.error_type)
    wanted = {"type": kind.format(step.error), "code": client.error_codes.get(step.error, client.error_code.format(step.error))}
    mistakes = [f"error {key} {error.get(key)!r}, not {value!r}"
                for key, value in wanted.items() if error.get(key) != value]
    text = client.error_texts.get(step.error, step.error_text)
    if text not in error["message"]:
        mistakes.append(f"error message without {text!r}: {error['message']!r}")
    return mistakes


def _mistaken_ids(step, snapshots):
    count = collections.Counter(s["SnapshotId"] for s in snapshots)
    wanted = {s["SnapshotId"] for s in step.wanted}
    found = {"listed twice": [i for i, n in count.items() if n > 1],
             "listed but not asked for": sorted(count.keys() - wanted),
             "not listed": sorted(wanted - count.keys())}
    return [f"{what}: {_some(ids)}" for what, ids in found.items() if ids]


def _some(ids):
    more = f" and {len(ids) - 3} more" if len(ids) > 3 else ""
    return ", ".join(ids[:3]) + more


def _mistaken_total(step, seen):
    total = seen.get("total")  # absent where the client hides it, and in walks by token
    if total in (None, len(step.wanted)):
        return []
    return [f"TotalCount {total}, not {len(step.wanted)}"]


def _mistaken_fields(step, snapshots, fields):
    wanted = {s["SnapshotId"]: _fields_of(s) for s in step.wanted}
    pairs = ((s, wanted[s["SnapshotId"]]) for s in snapshots if s["SnapshotId"] in wanted)
    return [f"{seen['SnapshotId']}: {field} {seen.get(field)!r}, not {want[field]!r}"
            for seen, want in pairs for field in fields if seen.get(field) != want[field]][:5]


def _fields_of(snapshot):
    return {"SnapshotName": snapshot.get("SnapshotName", ""), "Status": snapshot["Status"],
            "SourceDiskSize": str(snapshot["SourceDiskSize"]),
            "Tags": {t["TagKey"]: t["TagValue"] for t in snapshot["Tags"]}}
