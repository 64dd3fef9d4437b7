"""Who is told when a promise runs out: duties by union and day, absences and who stands in."""
