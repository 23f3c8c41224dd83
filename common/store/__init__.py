"""MySQL, which holds the truth: the only SQL and the only pymysql."""
