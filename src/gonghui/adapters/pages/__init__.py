"""Pages set by typst: a template and data in, a PDF out."""
