"""docs/how-to/high-availability.md prints the files that ./run failover starts."""

import pytest
from django.conf import settings

from tests.tools.failover.configurations import FILES, NODES, Configurations

PAGE = settings.BASE_DIR / "docs/how-to/high-availability.md"


@pytest.mark.parametrize("name", ["etcd.env", "patroni.yml", "haproxy.cfg"])
def test_page_prints_each_file(name):
    # The first line of a file says where it belongs, as the page does before it.
    text = (FILES / name).read_text().partition("\n")[2]

    assert f"\n{text}```\n" in PAGE.read_text()


def test_only_addresses_ports_and_folders_are_replaced(tmp_path):
    files = Configurations(tmp_path)
    found = [files.patroni(node, tmp_path).read_text() for node in NODES]

    printed = (FILES / "patroni.yml").read_text().splitlines()
    for node, text in zip(NODES, found, strict=True):
        changed = {
            new.split(":")[0].strip()
            for old, new in zip(printed, text.splitlines(), strict=True)
            if old != new
        }
        assert changed - {"name", "- host all all 127.0.0.0/8 scram-sha-256"} <= {
            "listen",
            "connect_address",
            "hosts",
            "data_dir",
            "bin_dir",
            "unix_socket_directories",
            "- host replication replicator 127.0.0.0/8 scram-sha-256",
        }
        assert f"connect_address: {files.address(node)}:" in text
    assert "10.0.0." not in "".join(found)
