"""What people do with the keys of everybody's data: rotate them, destroy one. Each on record.

The mechanics are the vault's; who may, and the record, stand here, to the right of the audit room.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor, Scope
from gonghui.ground.directory.errors import not_yours
from gonghui.ground.vault.keyring import Keyring, change_keyring
from gonghui.ground.vault.masking import masked_reason
from gonghui.ground.vault.permissions import ERASE, ROTATE
from gonghui.ground.vault.services.destruction import destroy_data_keys
from gonghui.ground.vault.services.keys import key_file, plugged_in, provider
from gonghui.ground.vault.services.rotation import Step, rewrap_some, wrapped_under


@dataclass(frozen=True, slots=True)
class KeyState:
    """The master keys in use: how many data keys each protects, and which is current."""

    profile: str
    assessment: str
    current: int
    protects: dict[int, int]

    @property
    def left(self) -> int:
        """How many data keys are still to be brought over."""
        return sum(count for key_id, count in self.protects.items() if key_id != self.current)


def key_state(actor: Actor) -> KeyState:
    with actor.transaction() as scope:
        _require_whole(scope)
        return _state()


def begin_rotation(actor: Actor) -> int:
    """A new master key, current from now on; the old ones stay until nothing needs them."""
    with actor.transaction() as scope:
        _require_whole(scope)
        if _state().left:
            raise Refusal(
                N_("The last change of keys is not finished: {left} data keys are left."),
                N_("Run it to its end first."),
                left=_state().left,
            )
        current = _change_file(Keyring.with_new_master).current_key_id
        record("key.rotation_begun", details={"key": current})
        return current


def rotate_step(actor: Actor, limit: int = 1000, after: int = 0) -> Step:
    """Some data keys under the current master key; call again from ``step.after`` on.

    A rotation killed in between goes on from the beginning: what is done is not done again.
    """
    with actor.transaction() as scope:
        _require_whole(scope)
        step = rewrap_some(limit, after)
        if step.after is None:
            record("key.rotated", details={"key": provider().current_key_id, "left": _state().left})
        return step


def retire_master_key(actor: Actor, key_id: int) -> None:
    """Takes a key out of the file that protects nothing any more."""
    with actor.transaction() as scope:
        _require_whole(scope)
        protects = _state().protects.get(key_id, 0)
        if protects:
            raise Refusal(
                N_("Key {key} still protects {count} data keys."),
                N_("Bring them over first: gonghui keys rotate."),
                key=key_id,
                count=protects,
            )
        record("key.retired", details={"key": key_id})
        _change_file(lambda keyring: keyring.without(key_id))


def erase_person_key(actor: Actor, person_id: int, *, because: str) -> None:
    """Destroys the key of one person's data: numbers and contacts are unreadable from now on.

    What the books must keep stays, under her row's id: amounts, decisions, who did what.
    """
    reason = masked_reason(because)
    if not reason:
        raise Refusal(
            N_("The reason for the erasure is missing."),
            N_("Say who asked for it, and why."),
            field="because",
        )
    with actor.transaction() as scope:
        scope.require(ERASE)
        if not destroy_data_keys(person_id):
            raise not_yours()
        record(
            "person.key_destroyed",
            subject="directory_person",
            subject_id=person_id,
            details={"because": reason},
        )


def _require_whole(scope: Scope) -> None:
    scope.require(ROTATE)
    if not scope.whole:
        raise not_yours()


def _state() -> KeyState:
    holder = provider()
    return KeyState(holder.profile.name, holder.assessment, holder.current_key_id, wrapped_under())


def _change_file(change: Callable[[Keyring], Keyring]) -> Keyring:
    if plugged_in():
        raise Refusal(
            N_("The keys are not in a file here: {holder} holds them."),
            N_("Change them there; then bring the data keys over."),
            holder=plugged_in(),
        )
    return change_keyring(key_file(), change)
