"""What AWS keeps for us: the ledger, the secrets, the queues."""
