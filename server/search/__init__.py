"""One search over what a worker may be looking for: places, activities, things the union does."""
