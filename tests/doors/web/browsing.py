"""Forms as browsers send them."""

import re
import time

from tests.ground.accounts.codes import code
from tests.ground_fixtures import SECRET


def token_of(answer):
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', answer.content.decode())[1]


def send(client, path, said=None, *, of=None):
    """A form filled in on a page and sent, as a browser does."""
    shown = client.get(of or path)
    hidden = {"csrfmiddlewaretoken": token_of(shown)}
    if key := re.search(r'name="once" value="([0-9a-f-]+)"', shown.content.decode()):
        hidden["once"] = key[1]
    return client.post(path, {**hidden, **(said or {})})


def signed_in(client, login="clerk", secret=SECRET, **more):
    return send(client, "/sign-in", {"login": login, "secret": secret, **more})


def set_up(client):
    """A second factor, set up and given just now."""
    shown = send(client, "/account/second-factor").content.decode()
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', shown)[1].replace(" ", "")
    said = {"code": code(secret, time.time()), "csrfmiddlewaretoken": token_of_text(shown)}
    assert client.post("/account/second-factor", said).status_code == 302


def token_of_text(shown):
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', shown)[1]
