"""The use cases, one function each: what a lead, a rule author or a reviewer does in a week.

They join the pure rooms (statistics, rules, sampling) with the three stores; adapters and pages call them and print.
"""
