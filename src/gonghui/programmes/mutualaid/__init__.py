"""Workers' medical mutual aid: editions, enrolment, contributions."""
