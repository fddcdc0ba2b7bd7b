"""What leaves the house: chat messages, drawn invoices, e-mails, and what is asked of outside services."""
