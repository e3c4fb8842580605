"""Cardline: the customer-service system of a bank's credit-card business."""

__version__ = "0.1.0"
