"""Pages for staff: of the federation's office, of counties, of units."""
