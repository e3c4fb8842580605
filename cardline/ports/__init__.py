"""What Cardline asks of the outside world; adapters implement it, only ``app`` names them."""
