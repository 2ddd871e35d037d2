"""JSON lines on stderr without personal data: no SQL, no query strings, no values in errors."""

import re
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

# Phone numbers, ID numbers and whatever else is as long as those.
LONG_NUMBER = re.compile(r"\d{10,17}[\dXx]")
ANSWER_LINK = re.compile(r"/a/[^/\s]+")
QUERY_STRING = re.compile(r"\?\S*")


def logging(level: str) -> dict[str, Any]:
    """The value of LOGGING."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": formatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            "django.db.backends": {"level": "WARNING"},
            "procrastinate.blueprints": {"level": "WARNING"},
            "procrastinate.periodic": {"level": "WARNING"},
        },
    }


def formatter() -> structlog.stdlib.ProcessorFormatter:
    """One JSON object a record: event, level, logger, timestamp, and where it failed."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso"),
    ]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            bare_error,
            mask,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


def bare_error(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """An exception's type and places; its message may quote a row."""
    error = event.pop("exc_info", None)
    if isinstance(error, tuple) and error[0]:
        event["error"] = error[0].__name__
        event["places"] = places(error[2])
    return event


def places(traceback: Any) -> list[str]:
    """["module:line function", …], outermost first."""
    found = []
    while traceback:
        frame = traceback.tb_frame
        name = frame.f_globals.get("__name__", "?")
        found.append(f"{name}:{traceback.tb_lineno} {frame.f_code.co_name}")
        traceback = traceback.tb_next
    return found


def mask(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Long numbers, query strings and one-tap links go, wherever they stand."""
    return {name: _masked(value) for name, value in event.items()}


def _masked(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return LONG_NUMBER.sub("…", ANSWER_LINK.sub("/a/…", QUERY_STRING.sub("?…", value)))
