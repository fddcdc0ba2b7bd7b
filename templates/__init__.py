"""Every word that a person reads: messages, mails, papers, and the one environment that renders them."""
