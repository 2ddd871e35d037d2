from __future__ import annotations

from django.db import models
from django.db.models import TextChoices


class Chain(models.Model):
    """链: a sequence of acts in which each link carries the digest of the one before."""

    class Algorithm(TextChoices):
        SHA256 = "sha256", "SHA-256"
        SM3 = "sm3", "SM3"

    name = models.CharField(max_length=60, unique=True)
    algorithm = models.CharField(max_length=10, choices=Algorithm, default=Algorithm.SHA256)
    length = models.BigIntegerField(default=0)
    head = models.CharField(max_length=64, default="", blank=True)

    def __str__(self) -> str:
        return self.name


class Link(models.Model):
    """链节: one act; counter and previous digest are checked by the database under a lock."""

    chain = models.ForeignKey(Chain, models.PROTECT, related_name="links")
    seq = models.BigIntegerField()
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    kind = models.TextField()
    subject = models.TextField()
    by = models.TextField()
    at = models.DateTimeField()
    data = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "seq"], name="link_once"),
            models.UniqueConstraint(fields=["chain", "previous"], name="link_no_fork"),
        ]

    def __str__(self) -> str:
        return f"{self.chain_id}#{self.seq}"
