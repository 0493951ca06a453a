"""Daily bars and minutes, from each of their sources, looked at before they are believed."""
