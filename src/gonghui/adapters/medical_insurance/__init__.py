"""Settlement feeds, and the lists of persons and covers, on their way into the store."""

from gonghui.adapters.medical_insurance.errors import FeedRefused
from gonghui.adapters.medical_insurance.feeds import Feed, read_feed, read_feeds
from gonghui.adapters.medical_insurance.intake import Intake, ingest
from gonghui.adapters.medical_insurance.people import Listing, read_covers, read_persons

__all__ = [
    "Feed",
    "FeedRefused",
    "Intake",
    "Listing",
    "ingest",
    "read_covers",
    "read_feed",
    "read_feeds",
    "read_persons",
]
