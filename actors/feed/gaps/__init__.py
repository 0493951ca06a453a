"""What streams have lost: noticed in their volumes, filled with minute bars, told to the operator."""
