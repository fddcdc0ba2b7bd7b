"""The web side: the webhook's route. An app factory, thin over what it is given."""
