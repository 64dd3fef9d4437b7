"""The union tree, the areas it covers, its rosters and its members."""
