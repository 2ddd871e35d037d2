"""The one list. A line here is a domain: its app, its pages, its place in the menu."""

DOMAINS = (
    "registers.areas",
    "registers.organisations",
    "registers.people",
    "work.contributions",
    "work.mobilisation",
    "work.returns",
    "work.service",
    "work.squads",
    "joint.skills",
)
