class Refused(Exception):
    """A rule said no. `code` is stable; `message` is shown; `field` is where it belongs."""

    def __init__(self, code: str, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
