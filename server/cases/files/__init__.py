"""Attachments: checked by their content, private, claimed by a case or gone after a day."""
