#!/usr/bin/env python3
"""Runs in seven shards as the files for Kubernetes, GitHub and GitLab start them, and merges what they leave:
shards_test.py ASSAY SCRATCH. The servers themselves are not here: what they would set is set by hand."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

import yaml

CI = pathlib.Path(__file__).resolve().parent
ASSAY, SCRATCH = pathlib.Path(), pathlib.Path()
SHARDS = 7
FAULT = "filter.usage.none_as_all"
ONLY = "--only page.*:filter.usage.*"  # a whole run takes longer


def shell(script, cwd, **variables):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("GTEST_", "GITHUB_", "CI"))}
    environment |= {name: str(value) for name, value in variables.items()}
    return subprocess.run(["bash", "-e", "-c", script], cwd=cwd, env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=120)


class Shards(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.servers = []
        shutil.rmtree(SCRATCH, ignore_errors=True)
        cls.right, cls.wrong = cls.serve(), cls.serve("--fault", FAULT)
        cls.whole = {}
        for name, url in (("right", cls.right), ("wrong", cls.wrong)):
            done = shell(f"{ASSAY} run --target {url} {ONLY} --out {SCRATCH / name} --progress off", "/")
            cls.whole[url] = (done.returncode, cls.report_in(SCRATCH / name))
            shards = SCRATCH / f"{name}_shards"
            for index in range(1, SHARDS + 1):
                shell(f"{ASSAY} run --target {url} {ONLY} --shard {index}/{SHARDS} --out {shards}/shard-{index} "
                      "--progress off", "/")

    @classmethod
    def tearDownClass(cls):
        for server in cls.servers:
            server.terminate()
            server.wait()
            server.stdout.close()

    @classmethod
    def serve(cls, *options):
        cls.servers.append(subprocess.Popen([ASSAY, "serve", "--listen", "127.0.0.1:0", *options],
                                            stdout=subprocess.PIPE, text=True))
        return cls.servers[-1].stdout.readline().split()[-1]

    @staticmethod
    def report_in(folder):
        return json.loads((folder / "report.json").read_text())

    def merge(self, *folders):
        out = SCRATCH / self.id().rpartition(".")[2]
        done = shell(f"{ASSAY} report {' '.join(map(str, folders))} --out {out}", "/")
        return done, self.report_in(out) if (out / "report.json").exists() else None

    def shards_of(self, name, *indices):
        return [SCRATCH / f"{name}_shards" / f"shard-{index}" for index in indices or range(1, SHARDS + 1)]

    def expect_whole(self, code, report, url):
        expected_code, expected = self.whole[url]
        self.assertEqual(code, expected_code)
        self.assertEqual(report["verdict"], expected["verdict"])
        self.assertEqual(self.broken(report), self.broken(expected))
        states = [{rule["id"]: rule["state"] for rule in run["rules"]} for run in (report, expected)]
        self.assertEqual(*states)

    @staticmethod
    def broken(report):
        return sorted(finding["rule"] for finding in report["findings"] if finding["kind"] == "violation")

    def test_all_of_them_are_the_whole_run(self):
        for name, url in (("right", self.right), ("wrong", self.wrong)):
            done, report = self.merge(*self.shards_of(name))
            self.expect_whole(done.returncode, report, url)
        self.assertEqual(len(self.broken(report)), 1, "one finding, though several shards may show it")

    def test_one_that_is_missing_is_named(self):
        done, report = self.merge(*self.shards_of("right", 1, 2, 3, 5, 6, 7))
        self.assertEqual(done.returncode, 3, done.stdout)
        self.assertIn("shard 4/7 is missing", done.stdout)
        self.assertEqual(report["verdict"], "inconclusive")
        # What the others found is told all the same.
        done, report = self.merge(*self.shards_of("wrong", 1, 2, 3, 4, 6, 7))
        self.assertEqual(done.returncode, 3, done.stdout)
        self.assertIn("VIOLATION ", done.stdout)
        self.assertEqual(len(self.broken(report)), 1)

    def test_one_that_is_given_twice_counts_once(self):
        copy = SCRATCH / "copy_of_3"
        shutil.copytree(SCRATCH / "wrong_shards" / "shard-3", copy)
        once = self.merge(*self.shards_of("wrong"))[1]
        done, twice = self.merge(*self.shards_of("wrong"), copy)
        self.assertIn("Shard 3/7 is there more than once", done.stdout)
        self.assertEqual(twice["totals"], once["totals"])
        self.assertEqual([f["occurrences"] for f in twice["findings"]], [f["occurrences"] for f in once["findings"]])

    def test_shards_of_another_division_are_refused(self):
        other = SCRATCH / "one_of_two"
        shell(f"{ASSAY} run --target {self.right} {ONLY} --shard 1/2 --out {other} --progress off", "/")
        done, _ = self.merge(other, *self.shards_of("right"))
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn("--shard 1/2 and 1/7", done.stdout)

    def test_a_must_rule_that_no_shard_shows_counts_as_in_a_whole_run(self):
        dataset = SCRATCH / "one.json"
        shell(f"{ASSAY} dataset --count 1 --seed 1 --out {dataset}", "/")
        url = self.serve("--dataset", str(dataset))
        run = f"{ASSAY} run --target {url} --dataset {dataset} --format json --strength 1 --progress off"
        whole = shell(f"{run} --out {SCRATCH / 'one'}", "/")
        for index in (1, 2):
            shell(f"{run} --shard {index}/2 --out {SCRATCH / f'one_{index}'}", "/")
        done, _ = self.merge(SCRATCH / "one_1", SCRATCH / "one_2")
        self.assertEqual((done.returncode, whole.returncode), (3, 3), done.stdout)
        reasons = [re.search(r"INCONCLUSIVE: (.*)", text)[1] for text in (done.stdout, whole.stdout)]
        self.assertEqual(*reasons)

    def test_kubernetes(self):
        jobs = list(yaml.safe_load_all((CI / "kubernetes-job.yaml").read_text()))
        containers = [job["spec"]["template"]["spec"]["containers"][0] for job in jobs]
        self.assertEqual(jobs[0]["spec"]["completionMode"], "Indexed")
        given = {entry["name"]: entry["value"] for entry in containers[0]["env"]}
        self.assertEqual({jobs[0]["spec"]["completions"], jobs[0]["spec"]["parallelism"], int(given["SHARDS"])}, {SHARDS})
        volume = SCRATCH / "volume"
        variables = given | {"ASSAY": ASSAY, "ASSAY_TARGET": self.wrong, "ASSAY_ARGS": ONLY, "REPORTS": volume}
        for index in range(SHARDS):
            done = shell(containers[0]["args"][0], "/", JOB_COMPLETION_INDEX=index, **variables)
            self.assertEqual(done.returncode, 0, "a shard with violations is not tried again" + done.stdout)
        done = shell(containers[1]["args"][0], "/", ASSAY=ASSAY, REPORTS=volume)
        self.expect_whole(done.returncode, self.report_in(volume / "assay-report"), self.wrong)
        done = shell(containers[0]["args"][0], "/", JOB_COMPLETION_INDEX=0,
                     **variables | {"ASSAY_TARGET": "http://127.0.0.1:1"})
        self.assertNotEqual(done.returncode, 0, "what could not be judged is tried again")

    def test_github(self):
        jobs = yaml.safe_load((CI / "github-shards.yml").read_text())["jobs"]
        judge = next(step for step in jobs["shard"]["steps"] if "assay@" in step.get("uses", ""))
        indices = jobs["shard"]["strategy"]["matrix"]["index"]
        self.assertEqual(indices, list(range(1, SHARDS + 1)))
        inputs = yaml.safe_load((CI.parent / "action.yml").read_text())["inputs"]
        self.assertLessEqual(set(judge["with"]), set(inputs))
        folder = SCRATCH / "github"
        for index in indices:
            filled = {key: re.sub(r"\$\{\{ matrix\.index \}\}", str(index), value) for key, value in judge["with"].items()}
            self.assertEqual(filled["out"], filled["artifact"], "an artifact holds what is in the folder")
            done = shell(f"{ASSAY} run --target {self.wrong} {ONLY} {filled['args']} --out {folder}/shards/{filled['artifact']}",
                         "/")
            self.assertLessEqual(done.returncode, 1, done.stdout)
        merge = next(step["run"] for step in jobs["report"]["steps"] if step.get("name") == "Merge the shards")
        done = shell(merge.replace("./assay ", f"{ASSAY} "), folder)
        self.expect_whole(done.returncode, self.report_in(folder / "assay-report"), self.wrong)

    def test_gitlab(self):
        template = yaml.safe_load((CI / "gitlab-template.yml").read_text())
        folder = SCRATCH / "gitlab"
        folder.mkdir()
        job = template[".assay"]
        variables = job["variables"] | {"ASSAY_TARGET": self.wrong, "ASSAY": ASSAY, "ASSAY_ARGS": ONLY}
        for index in range(1, SHARDS + 1):
            done = shell("\n".join(job["script"]), folder, CI_NODE_TOTAL=SHARDS, CI_NODE_INDEX=index, **variables)
            self.assertLessEqual(done.returncode, 1, done.stdout)
        self.assertEqual(len(list(folder.glob(job["artifacts"]["reports"]["junit"][1]))), SHARDS)
        # Of a job without `parallel` GitLab gives the number of jobs, but no index.
        done = shell("\n".join(job["script"]), folder, CI_NODE_TOTAL=1, **variables)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertTrue((folder / job["artifacts"]["reports"]["junit"][0]).exists())
        done = shell("\n".join(template[".assay-report"]["script"]), folder, ASSAY=ASSAY)
        self.expect_whole(done.returncode, self.report_in(folder / "assay-report"), self.wrong)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    ASSAY, SCRATCH = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    unittest.main(argv=sys.argv[:1])
