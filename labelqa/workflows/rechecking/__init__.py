"""The recheck: do labels made under the rules before still hold under the new ones?"""
