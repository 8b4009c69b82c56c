"""What `make run` tells its programs."""

from tracker.embedded.environment import HOST, environment


def test_links_in_mails_go_to_the_address_that_is_announced(data_dir):
    assert environment({"PORT": "8123"}, data_dir)["SITE_URL"] == f"http://{HOST}:8123"
    assert environment({}, data_dir)["SITE_URL"] == "http://127.0.0.1:8000"
    given = {"SITE_URL": "https://tracker.example.org"}
    assert environment(given, data_dir)["SITE_URL"] == given["SITE_URL"]
