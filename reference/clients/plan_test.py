"""Tests of the plan and the judge with small datasets and made-up reports: every mistake is seen."""

import unittest

from plan import Step, find_mistakes, make_steps
from table import Client

CLIENT = Client("npm", "p", ["p.js"], "ClientError", fields=("SnapshotName", "Tags"))


def make_snapshot(number, **other):
    return {"SnapshotId": f"s-{number}", "RegionId": "r", "Status": "accomplished",
            "SourceDiskSize": 20, "Tags": [], **other}


def make_dataset():
    tags = [{"TagKey": "k", "TagValue": "v"}, {"TagKey": "l", "TagValue": "w"}]
    return {"snapshots": [
        make_snapshot(1, SnapshotName="a b", Tags=tags),
        make_snapshot(2, SnapshotName="快照", Status="progressing"),
        make_snapshot(3, SnapshotName="*+&%"),
        make_snapshot(4, RegionId="other", SnapshotName="a b", Tags=tags)]}


def wanted_ids(name):
    step = next(step for step in make_steps(make_dataset()) if step.name == name)
    return [s["SnapshotId"] for s in step.wanted]


def see(number, **other):
    return {"SnapshotId": f"s-{number}", "SnapshotName": "", "Tags": {}, **other}


class PlanTest(unittest.TestCase):
    def test_a_walk_wants_the_region_that_holds_most(self):
        self.assertEqual(wanted_ids("all pages by NextToken"), ["s-1", "s-2", "s-3"])

    def test_a_filter_wants_what_matches_in_the_region(self):
        self.assertEqual(wanted_ids("SnapshotName with a blank"), ["s-1"])
        self.assertEqual(wanted_ids("SnapshotName beyond ASCII"), ["s-2"])
        self.assertEqual(wanted_ids("SnapshotName full of reserved characters"), ["s-3"])
        self.assertEqual(wanted_ids("two tags"), ["s-1"])
        self.assertEqual(wanted_ids("Status"), ["s-2"])
        self.assertEqual(wanted_ids("three SnapshotIds, one of another region"), ["s-1", "s-3"])


class ListingTest(unittest.TestCase):
    step = Step("list", "list", {}, wanted=[make_snapshot(1), make_snapshot(2)])

    def find(self, *snapshots, **other):
        seen = {"snapshots": list(snapshots), **other}
        return find_mistakes(self.step, seen, CLIENT)

    def test_what_is_wanted_is_no_mistake_in_any_order(self):
        self.assertEqual(self.find(see(2), see(1), total=2), [])

    def test_a_missing_snapshot_is_a_mistake(self):
        self.assertEqual(self.find(see(1)), ["not listed: s-2"])

    def test_a_snapshot_too_many_is_a_mistake(self):
        self.assertEqual(self.find(see(1), see(2), see(3)), ["listed but not asked for: s-3"])

    def test_a_snapshot_listed_twice_is_a_mistake(self):
        self.assertEqual(self.find(see(1), see(2), see(1)), ["listed twice: s-1"])

    def test_another_total_is_a_mistake(self):
        self.assertEqual(self.find(see(1), see(2), total=3), ["TotalCount 3, not 2"])

    def test_another_value_is_a_mistake(self):
        self.assertEqual(self.find(see(1, SnapshotName="x"), see(2)),
                         ["s-1: SnapshotName 'x', not ''"])

    def test_a_field_that_is_not_reported_is_a_mistake(self):
        self.assertEqual(self.find(see(1), {"SnapshotId": "s-2", "SnapshotName": ""}),
                         ["s-2: Tags None, not {}"])

    def test_an_error_is_a_mistake(self):
        self.assertEqual(len(self.find(error={"code": "Throttling"})), 1)

    def test_silence_is_a_mistake(self):
        self.assertEqual(len(find_mistakes(self.step, None, CLIENT)), 1)


class RefusalTest(unittest.TestCase):
    step = Step("bad", "list", {}, error="Bad.Thing", error_text="is bad")

    def find(self, **error):
        known = {"type": "ClientError", "code": "Bad.Thing", "message": "it is bad"}
        return find_mistakes(self.step, {"error": {**known, **error}}, CLIENT)

    def test_the_wanted_error_is_no_mistake(self):
        self.assertEqual(self.find(), [])

    def test_another_type_code_or_text_is_a_mistake(self):
        for wrong in ({"type": "TypeError"}, {"code": "Other"}, {"message": "no"}):
            self.assertEqual(len(self.find(**wrong)), 1, wrong)

    def test_snapshots_instead_are_a_mistake(self):
        self.assertEqual(find_mistakes(self.step, {"snapshots": []}, CLIENT),
                         ["no error, but Bad.Thing was to be seen"])
