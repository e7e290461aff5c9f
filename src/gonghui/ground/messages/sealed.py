"""The columns of a message that only its person's key opens."""

from gonghui.ground.vault.sealing import Column

PRIVATE = Column("messages_message", "private")
ADDRESS = Column("messages_message", "address")
CONTACT = Column("directory_personcontact", "cipher")
