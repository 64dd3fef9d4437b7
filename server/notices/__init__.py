"""What a worker is told: the inbox. Each notice is a row written in the transaction of its cause."""
