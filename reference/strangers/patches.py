"""Sixty patches to the Python stranger, each another variant of a kind of fault that Assay's catalogue has.

A patch says what the stranger does then, which kinds it is a variant of (ids of `assay selftest --list`,
or patterns of them), and which text becomes which other. The kinds were chosen before Assay named any.
"""
import fnmatch
from typing import NamedTuple

SELECT = '    rows = select(data, p["RegionId"], equal, ids, times, tags, group)\n'
COUNT = "    total = len(rows)\n"
PAGE = "    page, left = rows[:size], len(rows) - size\n"
NUMBERED = "        rows = rows[(number - 1) * size:]\n"
ITEM = '        item["Tags"] = {"Tag": snap["Tags"]}\n'
FOUND = "        found.append((key == known[0], moment, text))\n"
CODE = '"Code": error.code,'
ZIPPED = "return list(itertools.zip_longest(keys, values))"
MATCHES = "rows = [r for r in rows if r.get(name) == value]"


class Patch(NamedTuple):
    id: str
    does: str
    kinds: list
    old: str
    new: str

    def apply(self, text):
        if text.count(self.old) != 1:
            raise ValueError(f"{self.id}: its text occurs {text.count(self.old)} times instead of once")
        return text.replace(self.old, self.new)

    def is_of(self, fault):
        return any(fnmatch.fnmatchcase(fault, kind) for kind in self.kinds)


def before_select(*lines):
    return {"old": SELECT, "new": "".join(f"    {line}\n" for line in lines) + SELECT}


def after_select(*lines):
    return {"old": SELECT, "new": SELECT + "".join(f"    {line}\n" for line in lines)}


def after(old, *lines):
    indent = old[:len(old) - len(old.lstrip())]
    return {"old": old, "new": old + "".join(f"{indent}{line}\n" for line in lines)}


def swap(old, new):
    return {"old": old, "new": new}


def patch(name, does, kinds, change):
    return Patch(name, does, kinds.split(), **change)


PATCHES = [
    # Filters
    patch("status-beside-usage", "ignores Status if Usage is given",
          "filter.status.ignored filter.status.ignored_with_another",
          before_select('if equal["Usage"]:', '    equal["Status"] = None')),
    patch("usage-none-beside-status", "lists every snapshot for Usage=none if Status is given",
          "filter.usage.none_as_all filter.usage.ignored filter.usage.ignored_with_another",
          before_select('if equal["Usage"] == "none" and equal["Status"]:', '    equal["Usage"] = None')),
    patch("disk-id-inside", "takes the value of DiskId as a part of one",
          "filter.disk_id.prefix",
          swap(MATCHES, MATCHES.replace("== value", '== value or name == "SourceDiskId" and value in r.get(name)'))),
    patch("instance-id-by-number", "ignores InstanceId if PageNumber is given",
          "filter.instance_id.ignored filter.instance_id.ignored_*",
          before_select('if "PageNumber" in p:', '    equal["InstanceId"] = None')),
    patch("link-beside-tag", "ignores SnapshotLinkId if a tag is given",
          "filter.snapshot_link_id.ignored filter.snapshot_link_id.ignored_with_another",
          before_select("if tags:", '    equal["SnapshotLinkId"] = None')),
    patch("group-by-number", "finds nothing by ResourceGroupId if PageNumber is given",
          "filter.resource_group_id.lists_nothing",
          after_select('if group and "PageNumber" in p:', "    rows = []")),
    patch("key-beside-disk-type", "ignores KMSKeyId if SourceDiskType is given",
          "filter.kms_key_id.ignored filter.kms_key_id.ignored_with_another",
          before_select('if equal["SourceDiskType"]:', '    equal["KMSKeyId"] = None')),
    patch("encrypted-false-nothing", "finds nothing for Encrypted=false",
          "filter.encrypted.lists_nothing",
          after_select('if equal["Encrypted"] is False:', "    rows = []")),
    patch("auto-as-all", "lists all snapshots for SnapshotType=auto",
          "filter.snapshot_type.user_as_all filter.snapshot_type.ignored",
          before_select('if equal["SnapshotType"] == "auto":', '    equal["SnapshotType"] = None')),
    patch("type-default-auto", "lists automatic snapshots only, unless asked for others",
          "filter.snapshot_type.default_user",
          before_select('if "SnapshotType" not in p:', '    equal["SnapshotType"] = "auto"')),
    patch("usage-default-used", "hides unused snapshots, unless asked for them",
          "filter.usage.default_none",
          after_select('if "Usage" not in p:', '    rows = [r for r in rows if r.get("Usage") != "none"]')),
    patch("accomplished-with-progressing", "lists progressing snapshots among the accomplished",
          "filter.status.accomplished_with_failed filter.status.failed_with_progressing",
          swap(MATCHES, MATCHES.replace("== value", '== value or (value, r.get(name)) == '
                                        '("accomplished", "progressing")'))),
    patch("all-without-progressing", "leaves progressing snapshots out for Status=all",
          "filter.status.all_without_failed filter.status.default_without_progressing",
          after_select('if p.get("Status") == "all":',
                       '    rows = [r for r in rows if r.get("Status") != "progressing"]')),
    patch("flash-as-all", "lists every snapshot for Category=flash",
          "filter.category.flash_as_standard filter.category.ignored",
          before_select('if equal["Category"] == "flash":', '    equal["Category"] = None')),
    patch("fifth-filter", "ignores filters beyond the fourth",
          "filter.conjunction.at_most_* company.filters.third_ignored",
          before_select("for name in [n for n, value in equal.items() if value is not None][4:]:",
                        "    equal[name] = None")),
    # Ids
    patch("ids-beyond-20", "looks for at most 20 ids",
          "ids.more_than_10.dropped ids.more_than_50.dropped",
          swap("return set(ids)", "return set(ids[:20])")),
    patch("ids-second", "does not look for the second of several ids",
          "ids.first.dropped ids.last.dropped ids.only.first",
          swap("return set(ids)", "return set(ids[:1] + ids[2:])")),
    patch("ids-maximum-200", "accepts 200 ids",
          "ids.maximum.is_101 ids.maximum.none",
          swap("or len(ids) > 100:", "or len(ids) > 200:")),
    patch("ids-status", "ignores Status if ids are given",
          "ids.filters.ignored filter.status.ignored filter.status.ignored_with_another",
          before_select("if ids:", '    equal["Status"] = None')),
    patch("ids-total", "counts the different ids of the request in TotalCount",
          "ids.total.asked",
          swap(COUNT, "    total = len(ids) if ids else len(rows)\n")),
    # Tags
    patch("tag-value-end", "takes a value as an end",
          "tag.value.prefix tag.value.substring",
          swap("value in (None, r.tags[key])", "r.tags[key].endswith(value or '')")),
    patch("tags-at-most-three", "ignores tags beyond the third",
          "tag.several.at_most_two",
          swap(ZIPPED, ZIPPED + "[:3]")),
    patch("tag-values-of-several", "looks only at the keys if several tags are given",
          "tag.value.ignored",
          swap(ZIPPED, ZIPPED.replace("values", "values if len(keys) < 2 else []"))),
    patch("tags-up-to-25", "accepts 25 tags",
          "tag.number.twenty_one_accepted",
          swap("1 <= int(n) <= 20:", "1 <= int(n) <= 25:")),
    patch("tag-first-two", "looks only at the first two tags of a snapshot",
          "tag.snapshot.only_first",
          swap("if key in r.tags and", "if key in list(r.tags)[:2] and")),
    patch("tag-nothing-by-token", "finds nothing by tags if the list is paged by token",
          "tag.all.find_nothing",
          after_select('if tags and "MaxResults" in p:', "    rows = []")),
    # Paging
    patch("size-default-25", "lists 25 snapshots if PageSize is not given",
          "paging.size.default_20",
          swap('"PageSize": 10,', '"PageSize": 25,')),
    patch("size-at-most-30", "lists at most 30 snapshots by number",
          "paging.size.at_most_50",
          swap(NUMBERED, "        size = min(size, 30)\n" + NUMBERED)),
    patch("page-5-repeats", "answers page 5 for every later page",
          "paging.past_page_3.repeats",
          swap(NUMBERED, NUMBERED.replace("number", "min(number, 5)"))),
    patch("total-two-less", "counts two too few in TotalCount",
          "paging.total.one_less",
          swap(COUNT, "    total = max(len(rows) - 2, 0)\n")),
    patch("total-at-most-50", "counts at most 50",
          "paging.total.at_most_100",
          swap(COUNT, "    total = min(len(rows), 50)\n")),
    patch("last-page-two", "leaves out the last two snapshots of the last page",
          "paging.last_page.drops_one",
          after(PAGE, "if not by_token and number > 1 and left <= 0:", "    page = page[:-2]")),
    patch("boundary-repeats-two", "begins every page with the last two snapshots of the one before",
          "paging.boundary.repeats_one",
          swap(NUMBERED, NUMBERED.replace("(number - 1) * size", "max((number - 1) * size - 2, 0)"))),
    patch("total-of-later-pages", "counts the snapshots of the page in TotalCount from page 2 on",
          "paging.total.of_page paging.total.rest",
          after(PAGE, "if not by_token and number > 1:", "    total = len(page)")),
    # Tokens
    patch("token-last-two", "loses the last two snapshots of a walk",
          "token.last_page.drops_one",
          after(PAGE, "if by_token and start and left <= 0:", "    page = page[:-2]")),
    patch("token-skips-two", "leaves two snapshots out between two pages by token",
          "token.position.skips_one",
          swap("make_token(page[-1].pos + 1, mark)", "make_token(rows[min(size + 2, len(rows) - 1)].pos, mark)")),
    patch("token-ends-after-40", "ends every walk after 40 snapshots",
          "token.end.after_page_2 token.end.after_thousand",
          swap("    if more or ", "    more = more and (not by_token or total - left < 40)\n    if more or ")),
    patch("token-forgets-status", "forgets Status from the second page by token on",
          "token.filters.* filter.status.ignored_by_token",
          before_select('if "NextToken" in p:', '    equal["Status"] = None')),
    patch("token-refuses-61", "refuses MaxResults above 60",
          "token.max_results.refuses_100",
          swap('integer(p, "MaxResults", 100)', 'integer(p, "MaxResults", 60)')),
    patch("token-missing-beside-tag", "gives no NextToken if a tag is given",
          "token.missing token.missing_with_filters",
          swap("    if more or ", "    more = more and not tags\n    if more or ")),
    # Regions and dry runs
    patch("region-beside-tag", "lists the snapshots of all regions if a tag is given",
          "region.ignored region.ignored_with_filters",
          swap("    rows = data.regions[region]\n", "    rows = data.rows if tags else data.regions[region]\n")),
    patch("dry-run-404", "answers a dry run with 404",
          "dry_run.true.status_403",
          swap('"DryRunOperation": (400,', '"DryRunOperation": (404,')),
    patch("dry-run-with-ids", "performs a dry run if ids are given",
          "dry_run.true.performed",
          swap("    if dry_run:\n", "    if dry_run and not ids:\n")),
    # Times
    patch("start-whole-hour", "lists the whole hour of the start",
          "time.start.whole_day time.value.minutes_dropped",
          swap(FOUND, "        moment = moment.replace(**({'minute': 0, 'second': 0} if key == known[0] else {}))\n"
               + FOUND)),
    patch("zone-east-9", "takes times as those of Japan",
          "time.zone.*",
          swap(FOUND, "        moment -= timedelta(hours=9)\n" + FOUND)),
    patch("half-hour-late", "takes every time half an hour late",
          "time.value.hour_late time.value.minute_late time.value.second_late",
          swap(FOUND, "        moment += timedelta(minutes=30)\n" + FOUND)),
    # Fields and their types
    patch("size-in-kibibytes", "shows SourceDiskSize in KiB",
          "data.size.in_mebibytes",
          after(ITEM, 'item["SourceDiskSize"] *= 1 << 20')),
    patch("retention-one-less", "shows one day too few in RetentionDays",
          "data.retention.one_more",
          after(ITEM, 'if "RetentionDays" in item:', '    item["RetentionDays"] -= 1')),
    patch("first-tag-lost", "loses the first tag of a snapshot",
          "data.tags.loses_last",
          swap(ITEM, ITEM.replace('snap["Tags"]', 'snap["Tags"][1:]'))),
    patch("description-cut-at-100", "cuts Description to 100 characters",
          "data.description.cut_at_*",
          after(ITEM, 'if "Description" in item:', '    item["Description"] = item["Description"][:100]')),
    patch("modified-no-seconds", "writes LastModifiedTime without seconds",
          "shape.field.last_modified_time_number shape.field.creation_time_no_seconds",
          after(ITEM, 'item["LastModifiedTime"] = item["LastModifiedTime"][:16] + "Z"')),
    # JSON and XML
    patch("xml-root-result", "names the root of a list DescribeSnapshotsResult",
          "shape.xml.root",
          swap('render(as_json, "DescribeSnapshotsResponse"', 'render(as_json, "DescribeSnapshotsResult"')),
    patch("xml-flags-numbers", "writes 1 and 0 for true and false in XML",
          "shape.xml.capital_flags shape.field.encrypted_number",
          swap("str(value).lower() if lower", "str(int(value)) if lower")),
    # Errors
    patch("usage-403", "answers InvalidUsage with 403",
          "error.usage.status",
          swap('"InvalidUsage": (404,', '"InvalidUsage": (403,')),
    patch("filter-value-code", "says InvalidFilterValue.Malformed in place of InvalidFilterValue",
          "error.filter_value.code",
          swap(CODE, CODE.replace(",", '.replace("InvalidFilterValue", "InvalidFilterValue.Malformed"),'))),
    patch("message-empty", "leaves Message of errors empty",
          "error.envelope.no_message error.envelope.message_null",
          swap('"Message": error.message,', '"Message": "",')),
    # Encoding and values
    patch("emoji-dropped", "drops characters beyond U+FFFF from values",
          "encoding.non_ascii.dropped deep.name.emoji",
          swap('"replace"): v.decode("utf-8", "replace")',
               '"replace"): re.sub("[\\U00010000-\\U0010ffff]", "", v.decode("utf-8", "replace"))')),
    patch("form-beside-query", "does not read a form if there is a query",
          "encoding.form.ignored encoding.form.filters_ignored",
          swap("pairs_of(body) if is_form else []", "pairs_of(body) if is_form and not query else []")),
    patch("long-value-crashes", "fails with 500 on values of more than 4,000 bytes",
          "odd.value.long_crashes odd.value.huge_crashes",
          before_select("if any(len(value.encode()) > 4000 for value in p.values()):",
                        '    raise RuntimeError("too long")')),
    # What was asked before
    patch("every-11th", "loses a snapshot at every eleventh request",
          "intermittent.every_7th.drops_one intermittent.every_50th.drops_one",
          after(PAGE, 'data.asked = getattr(data, "asked", 0) + 1', "if data.asked % 11 == 0 and left <= 0:",
                "    page = page[:-1]")),
]
