"""Orders from a CSV file of order lines, as any shop or accounting program exports them."""

from stammkunde.connectors.orders_csv.connector import OrdersCsv

__all__ = ["OrdersCsv"]
