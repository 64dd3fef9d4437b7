"""HTTP: guard, blueprint, problem answers, idempotency, paging, request ids."""
