"""A token is exchanged once: whoever comes second is told so."""

from django.test import Client


def test_whoever_comes_second_is_told_so(bearer):
    client = Client(raise_request_exception=False)
    answers = [client.post("/api/refresh", headers=bearer).status_code for _ in range(2)]
    assert answers == [200, 409]
