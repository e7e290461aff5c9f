"""What a post may allow in the programme. Which kind of post gives what: the directory's
``post_kinds.yaml``."""

from __future__ import annotations

DRAFT = "edition.draft"
"""Set a revision on its road, change its draft, answer comments, record what a body decided."""

PUBLISH = "edition.publish"
"""Be one of the two who publish an edition, or who load one that was issued before."""

PROFILE = "profile.write"
"""Set the city's profile and found its scheme."""

CHECK = "roster.check"
"""Have a roster checked: also says, yes or no, whether somebody is covered elsewhere."""

BOOK = "roster.book"
"""Book a checked roster."""

TRANSFER = "roster.transfer"
"""Withdraw people, or move them to another unit with their cover."""

BILL = "contribution.bill"
"""Issue bills to units, or take one back."""

MATCH = "contribution.match"
"""Take a bank statement, say what money in suspense was for."""

REFUND = "contribution.refund"
"""Ask for a refund, or confirm one that somebody else asked for."""

READ_SETTLEMENTS = "settlement.read"
"""See settlements, decisions and running accounts of the people in the scope."""

ENTER_SETTLEMENT = "settlement.enter"
"""Enter a settlement from a paper, or say that one of a feed is applied for."""

TAKE_FEED = "feed.take"
"""Take a feed of settlements, apply it, work through what was left over."""

DECIDE = "decision.decide"
"""Have histories decided: the decisions, what is due and the ledger's entries follow."""

ENTER_TAKEOVER = "takeover.enter"
"""Bring a city's workbooks in mid-year, and sign their totals as the first of two."""

SIGN_TAKEOVER = "takeover.sign"
"""State the totals of a take-over as the second of two; with that it is booked."""

FIGURES = "figures.read"
"""See the published figures and open the lines behind them."""

SAMPLE = "audit.sample"
"""Draw samples, see exceptions, write working papers for the 经审会."""

GRANT = "grant.record"
"""Look at the gate of a special grant, write down its meeting, record and confirm what it
decided."""

NOTICE = "notice.publish"
"""Draft, publish and take down public notices; write down objections."""
