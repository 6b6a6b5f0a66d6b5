"""Every client of the table is a test, may be skipped if it cannot be installed, and is complete."""

import re
import unittest

from install import HERE, INSTALLERS
from plan import FIELDS, make_steps
from plan_test import make_dataset
from table import CLIENTS

PROJECT = HERE.parent.parent


class TableTest(unittest.TestCase):
    def test_every_client_is_a_test(self):
        cmake = (HERE / "CMakeLists.txt").read_text()
        listed = re.search(r"set\(clients\s(.*?)\)", cmake, re.DOTALL)
        self.assertEqual(sorted(listed[1].split()), sorted(CLIENTS))

    def test_every_client_may_be_skipped(self):
        skips = (PROJECT / ".ci/allowed-skips").read_text()
        allowed = re.findall(r"^clients\.(\S+)", skips, re.MULTILINE)
        self.assertEqual(sorted(allowed), sorted(CLIENTS))

    def test_every_scheme_may_be_skipped(self):
        cmake = (HERE / "CMakeLists.txt").read_text()
        schemes = re.search(r"foreach\(scheme (.*?)\)", cmake)[1].split()
        skips = (PROJECT / ".ci/allowed-skips").read_text()
        allowed = re.findall(r"^signatures\.(\S+)", skips, re.MULTILINE)
        self.assertEqual(sorted(allowed), sorted(schemes))

    def test_every_package_of_debian_is_installed_by_the_launcher(self):
        listed = (PROJECT / ".ci/packages").read_text().split()
        for client in CLIENTS.values():
            if client.origin == "debian":
                self.assertIn(client.package, listed)

    def test_every_entry_names_what_exists(self):
        needs = {step.needs for step in make_steps(make_dataset())}
        for name, client in CLIENTS.items():
            with self.subTest(name):
                self.assertIn(client.origin, INSTALLERS)
                self.assertTrue((HERE / client.program[0]).exists())
                self.assertLessEqual(client.cannot.keys(), needs - {"list", "authentication"})
                self.assertLessEqual(set(client.fields), set(FIELDS))
                self.assertTrue(client.reading == "documented" or (HERE / client.reading).exists())

    def test_no_lock_file_names_a_registry(self):
        for lock in ("npm/package-lock.json", "pypi/requirements.txt", "go/go.sum"):
            self.assertNotIn("://", (HERE / lock).read_text(), lock)
