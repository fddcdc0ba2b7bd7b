"""Every table of the product, a module per area."""

from db.models import (
    catalogue,
    clients,
    commissions,
    company,
    credit_notes,
    files,
    geography,
    goals,
    invoices,
    messaging,
    orders,
    people,
    record,
    stock,
    tickets,
)
from db.models.base_model import Model

metadata = Model.metadata

__all__ = [
    "Model",
    "catalogue",
    "clients",
    "commissions",
    "company",
    "credit_notes",
    "files",
    "geography",
    "goals",
    "invoices",
    "messaging",
    "metadata",
    "orders",
    "people",
    "record",
    "stock",
    "tickets",
]
