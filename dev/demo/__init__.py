"""Demo data: people, places, activities and cases that look real and are not. Never loaded in production."""
