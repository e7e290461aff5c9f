"""Several people at the same moment."""

import threading


def at_once(*acts):
    """All at a barrier, each on a connection of its own; what each of them raised."""
    from django.db import connections

    barrier, said = threading.Barrier(len(acts)), [None] * len(acts)

    def run(at, act):
        barrier.wait()
        try:
            act()
        except Exception as error:  # given to the test
            said[at] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said
