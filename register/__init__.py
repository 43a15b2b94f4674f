"""The DCC/SEC question register for Market-wide Half-Hourly Settlement."""
