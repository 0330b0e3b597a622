"""Information promised against information delivered, in one unit and with errors."""

from mifs.budget.measure import information_budget
from mifs.budget.result import BudgetStep, InformationBudget

__all__ = ["BudgetStep", "InformationBudget", "information_budget"]
