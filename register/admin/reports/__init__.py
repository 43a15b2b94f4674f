"""Headline reports: upload, see what one proposes beside what is held, put it right, record it, follow the links."""

from register.admin.reports.report_admin import HeadlineReportAdmin

__all__ = ["HeadlineReportAdmin"]
