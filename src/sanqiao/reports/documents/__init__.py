"""The sealed work report as a document: pure functions over `model.Report`, no database."""
