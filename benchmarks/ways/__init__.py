"""What is measured, one way of deciding a module."""
