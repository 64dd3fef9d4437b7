"""`/services`, `/cases` and `/me/cases`.

Importing a module adds its routes; the page of the API shows them in the order of the imports.
"""

from server.cases.api import services, publications, filing, case, going_on, acts, assignees  # isort: skip
from server.cases.api.blueprint import blp

__all__ = ["acts", "assignees", "blp", "case", "filing", "going_on", "publications", "services"]
