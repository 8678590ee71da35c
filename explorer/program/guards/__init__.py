"""What stands between a program and everything that it reaches: attribute, item, arithmetic and name guards.

The recorder looks through the frames of this package (`explorer.trace.positions`): a torch call made by a guard
for the program is the program's own call.
"""

from explorer.program.guards.namespace import program_namespace

__all__ = ["program_namespace"]
