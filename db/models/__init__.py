"""Every table of the product, a module per area."""

from db.models import catalogue, clients, company, files, geography, invoices, messaging, orders, people, record, stock
from db.models.base_model import Model

metadata = Model.metadata

__all__ = [
    "Model",
    "catalogue",
    "clients",
    "company",
    "files",
    "geography",
    "invoices",
    "messaging",
    "metadata",
    "orders",
    "people",
    "record",
    "stock",
]
