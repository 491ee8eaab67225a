"""Dense tables over immutable rows."""

from ui.widgets.table.columns import TableColumn
from ui.widgets.table.view import DenseTable

__all__ = ["DenseTable", "TableColumn"]
