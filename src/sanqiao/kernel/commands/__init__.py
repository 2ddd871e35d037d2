"""The kernel's acts. Each is keyword-only, one transaction, and says who did it."""

from .chains import append_link
from .duties import add_step, hand_in, open_duty, reopen, restate_duty, return_duty, sign_off
from .grants import end_grant, give_grant
from .jobs import Stopped, advance, ask_stop, finish, queue_progress, start_progress
from .looks import unmask
from .machine import machine
from .retention import end_given_up, purge_looks, tidy
from .users import create_admin, create_user, sign_in
from .workdays import publish_known_years, publish_year

__all__ = [
    "Stopped", "add_step", "advance", "append_link", "ask_stop", "create_admin", "create_user",
    "end_given_up", "end_grant", "finish", "give_grant", "hand_in", "machine", "open_duty",
    "publish_known_years", "publish_year", "purge_looks", "queue_progress", "reopen",
    "restate_duty", "return_duty", "sign_in", "sign_off", "start_progress", "tidy", "unmask",
]  # fmt: skip
