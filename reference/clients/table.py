"""The clients: how each is had and started, what it cannot do, and what an error is to it."""

import dataclasses


@dataclasses.dataclass
class Client:
    """{} in error_type and error_code is replaced by the Code of the answer."""

    origin: str  # npm, pypi, go or debian
    package: str
    program: list  # below this folder, with its arguments after the plan
    error_type: str
    error_types: dict = dataclasses.field(default_factory=dict)  # by Code, where they differ
    error_code: str = "{}"
    error_codes: dict = dataclasses.field(default_factory=dict)  # by Code, where it makes another
    error_texts: dict = dataclasses.field(default_factory=dict)  # by Code, where it says it anew
    fields: tuple = ("SnapshotName", "Status", "SourceDiskSize", "Tags")
    cannot: dict = dataclasses.field(default_factory=dict)  # why, by what a step needs
    reading: str = "documented"  # or a file below this folder


CLIENTS = {
    "npm_ecs_7": Client("npm", "ecs-7", ["npm/ecs.js", "ecs-7"], "ClientError"),
    "npm_ecs_7_v2": Client("npm", "ecs-7", ["npm/ecs.js", "ecs-7", "v2"], "ClientError",
                           reading="readings/size_as_text.json"),
    "npm_ecs_3": Client("npm", "ecs-3", ["npm/ecs.js", "ecs-3"], "Error"),
    "npm_ecs_1": Client("npm", "ecs-1", ["npm/ecs.js", "ecs-1"], "Error",
                        error_code="{}Error",
                        cannot={"tags": "it sends Tag.1.key, in lower case"}),
    "npm_pop_core_get": Client("npm", "@alicloud/pop-core", ["npm/pop_core.js", "GET"],
                               "{}Error"),
    "npm_pop_core_post": Client("npm", "@alicloud/pop-core", ["npm/pop_core.js", "POST"],
                                "{}Error"),
    "pypi_ecs": Client("pypi", "alibabacloud-ecs20140526", ["pypi/ecs.py"], "ClientException"),
    "pypi_ecs_v2": Client("pypi", "alibabacloud-ecs20140526", ["pypi/ecs.py", "v2"],
                          "ClientException", reading="readings/size_as_text.json"),
    # It finds its own string to sign in the answer, so only the secret can be wrong.
    "pypi_classic": Client("pypi", "aliyun-python-sdk-ecs", ["pypi/classic.py"],
                           "ServerException",
                           error_codes={"SignatureDoesNotMatch": "InvalidAccessKeySecret"},
                           error_texts={"SignatureDoesNotMatch": "InvalidAccessKeySecret"}),
    "go_sdk": Client("go", "github.com/aliyun/alibaba-cloud-sdk-go", ["go"],
                     "*errors.ServerError",
                     # It compares the string to sign, too.
                     error_texts={"SignatureDoesNotMatch": "InvalidAccessKeySecret"}),
    "debian_libcloud": Client("debian", "python3-libcloud", ["debian/libcloud_ecs.py"],
                              "BaseHTTPError", fields=("SnapshotName", "SourceDiskSize"),
                              cannot={"next_token": "it walks by PageNumber only"}),
    "debian_aliyungo": Client(
        "debian", "golang-github-denverdino-aliyungo-dev", ["debian/aliyungo"], "*common.Error",
        fields=("SnapshotName", "Status", "SourceDiskSize"),
        cannot={need: "it knows no such parameter" for need in (
            "next_token", "status", "blank_name", "foreign_name", "reserved_name", "tags")},
        reading="readings/size_as_number.json"),
    "debian_fog": Client(
        "debian", "ruby-fog-aliyun", ["debian/fog.rb"], "Excon::Error::Forbidden",
        error_types={"InvalidStatus.NotFound": "Fog::Compute::Aliyun::NotFound",
                     "SignatureDoesNotMatch": "Excon::Error::BadRequest"},
        cannot={"next_token": "it knows no such parameter", "tags": "it knows no such parameter",
                "blank_name": "it writes a bare blank into the request line",
                "reserved_name": "it writes bare characters into the request line"}),
}
