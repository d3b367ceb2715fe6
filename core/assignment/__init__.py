"""Who is who: whose contact each one is, as a pure function of the evidence.

A *handle* is a set of identifiers with a structured name or none. Evidence goes in by `observe` and `forget`, what a
person decides by `assign`, `merge` and their like; `settle` solves again the components that were touched and gives
the differences to what stood before. Order, batching and repetition of what is observed cannot matter.
"""

from stammkunde.core.assignment.decisions import (
    VERSION,
    ContactAssigned,
    ContactUnassigned,
    CustomerMerged,
    CustomerOpened,
    CustomerUnmerged,
    Decision,
    HandleAssigned,
    HandleUnassigned,
    IdentifierClass,
    IdentifierClassified,
    IdentifierLinked,
    IdentifierUnlinked,
    Observation,
    Suggestion,
)
from stammkunde.core.assignment.evidence import Evidence
from stammkunde.core.assignment.facade import Assignment

__all__ = [
    "VERSION",
    "Assignment",
    "ContactAssigned",
    "ContactUnassigned",
    "CustomerMerged",
    "CustomerOpened",
    "CustomerUnmerged",
    "Decision",
    "Evidence",
    "HandleAssigned",
    "HandleUnassigned",
    "IdentifierClass",
    "IdentifierClassified",
    "IdentifierLinked",
    "IdentifierUnlinked",
    "Observation",
    "Suggestion",
]
