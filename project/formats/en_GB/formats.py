"""How a time reads wherever Django writes one: as the register's own pages write it."""

TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y, H:i"
