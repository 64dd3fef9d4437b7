"""Papers that are made from a case: templates of `config/papers`, filled in, as DOCX and as PDF."""
