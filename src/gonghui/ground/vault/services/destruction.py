"""The key of a person's data is destroyed: what was encrypted under it is gone for everybody.

Who may do this, and its record: ``directory/services/secrets.py``.
"""

from __future__ import annotations

from gonghui.ground.vault.services.asking import ask


def destroy_data_keys(person_id: int) -> bool:
    """Whether there was a key; she gets no other. Needs person.erase, and to know the person."""
    ((there,),) = ask("select gate.destroy_data_keys(%s)", [person_id])
    return bool(there)
