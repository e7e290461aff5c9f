"""A rotation as a process of its own, to be killed: ``python rotating.py TOKEN LIMIT``."""

import sys

import django

if __name__ == "__main__":
    django.setup()

    from gonghui.ground.borders.scope import Actor
    from gonghui.ground.vault.services.rotation import rewrap_some

    actor, limit, after = Actor(sys.argv[1]), int(sys.argv[2]), 0
    while after is not None:
        with actor.transaction():
            after = rewrap_some(limit, after).after
        print(after, flush=True)
