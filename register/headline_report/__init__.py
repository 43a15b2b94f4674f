"""Read the text of a published headline report into a typed `Report`. No database, no request.

The rules were learnt from the published reports of the Code Change and Development Group, as PDF conversion leaves
them: CCDG15 (16 March 2021) teaches most of what is here.
"""

from register.headline_report.reading import read_report
from register.headline_report.report import Report

__all__ = ["Report", "read_report"]
