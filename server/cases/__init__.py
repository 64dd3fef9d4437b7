"""Everything that somebody must answer by a date is a case.

A service is one YAML file (`config/services/`): a form, a flow of states, clocks, notices. One interpreter runs them
all; no code names a service.
"""
