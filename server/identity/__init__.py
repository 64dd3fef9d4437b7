"""Who a worker is: accounts, sign-ins and sessions, verification, consents."""
