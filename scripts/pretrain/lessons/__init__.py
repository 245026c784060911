"""The ready lessons of the page: small data sets in Thimble's world, each to show one thing about learning."""
