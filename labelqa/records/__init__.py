"""The things labelqa talks about, as frozen values; they compute nothing and read nothing."""
