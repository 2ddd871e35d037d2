"""Words that the files we write and the files we read must agree on."""

from django.utils.translation import gettext_lazy as _

REASON = _("原因")
EXAMPLE = _("示例")
NOTES = _("填写说明")
OPTIONS = _("选项")
ABOUT = _("说明")
