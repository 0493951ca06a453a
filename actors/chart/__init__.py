"""Bars and a wish in, a picture out: a year of daily bars with the target lines and the price now.

matplotlib lives in a child process (`worker.py`) that ends after ten idle minutes; the actor itself stays small.
"""
