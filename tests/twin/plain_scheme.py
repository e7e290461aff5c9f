"""A stand-in for the engine: a scheme of one kind, in plain numpy, for tests of the twin alone.

Like the edition of 2022 it pays a share of what a stay in hospital costs the patient within the
scope, from a threshold on, for a limited number of stays a year up to a cap, rounded.
"""

from dataclasses import dataclass

import numpy as np

from gonghui.core.rulebook.fields import NONE


@dataclass(frozen=True)
class PlainScheme:
    rate_percent: tuple[int, ...] = (40, 50, 45, 40)  # by hospital level
    threshold_fen: tuple[int, ...] = (800_00, 300_00, 500_00, 800_00)
    uses: int = 2
    cap_fen: int = 30_000_00
    unit_fen: int = 10_00

    def __call__(self, history):
        base = (
            history["deductible_paid"]
            + history["preliminary_selfpay"]
            + history["proportional_selfpay"]
        )
        payable = (
            (history["event_kind"] == 1)
            & (history["reversed_on"] == NONE)
            & (history["filed_on"] != NONE)
            & (history["discharged_on"] >= history["cover_from"])
            & (history["discharged_on"] < history["cover_until"])
            & (base >= np.array(self.threshold_fen)[history["hospital_level"]])
        )
        rate = np.array(self.rate_percent)[history["hospital_level"]]
        exact = np.where(payable, base * rate // 100, 0)
        order = np.lexsort((history["settlement"], history["discharged_on"], history["person"]))
        payout = np.zeros_like(exact)
        person, used, paid = -1, 0, 0
        for row in order[exact[order] > 0]:
            if history["person"][row] != person:
                person, used, paid = history["person"][row], 0, 0
            if used == self.uses or paid == self.cap_fen:
                continue
            cut = min(int(exact[row]), self.cap_fen - paid)
            payout[row] = (2 * cut + self.unit_fen) // (2 * self.unit_fen) * self.unit_fen
            used += 1
            paid += int(payout[row])
        return payout
