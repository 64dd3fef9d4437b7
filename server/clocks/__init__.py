"""Promises with a date: working days, holidays, deadlines, and the rows that keep them."""
