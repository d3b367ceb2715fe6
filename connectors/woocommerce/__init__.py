"""WooCommerce: orders, refunds and customers out of saved responses of its REST interface, version 3."""

from stammkunde.connectors.woocommerce.connector import WooCommerce

__all__ = ["WooCommerce"]
