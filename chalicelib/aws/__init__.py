"""What AWS keeps for us: the ledger, how Zoho is, the item that workers share, the secrets, the queues."""
