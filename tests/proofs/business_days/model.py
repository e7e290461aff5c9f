"""What a year of business days must come to, reckoned as plainly as can be: lists and sums.

It knows the rules of the small city (half of what one bears, two paid uses a period, 3,000 yuan)
and nothing of how the house decides, pays or books.
"""

from dataclasses import dataclass, field

CEILING, USES = 300_000, 2


@dataclass
class Settlement:
    number: str
    who: str
    bears: int
    gone: bool = False


@dataclass
class Model:
    """``said``: by person, in the order of their days. ``bank``: by reference, what the bank has
    paid and not sent back."""

    said: dict = field(default_factory=dict)
    bank: dict = field(default_factory=dict)

    def settle(self, one):
        self.said.setdefault(one.who, []).append(one)

    def take_back(self, number):
        for hers in self.said.values():
            for one in hers:
                if one.number == number:
                    one.gone = True

    def standing(self):
        """(number, who, bears) of what was not taken back."""
        return [one for hers in self.said.values() for one in hers if not one.gone]

    def decided(self, who):
        """By settlement, what she is given: in order, while uses and yuan are left."""
        given, uses, left = {}, 0, CEILING
        for one in self.said.get(who, []):
            if one.gone:
                given[one.number] = 0
                continue
            fen = min(one.bears // 2, left) if uses < USES else 0
            given[one.number] = fen
            uses, left = uses + (fen > 0), left - fen
        return given

    def paid(self):
        return sum(self.bank.values())
