"""What of a file is read at most: files are not trusted."""

LARGEST_FILE = 10_000_000  # bytes
LARGEST_UNPACKED = 50_000_000  # bytes of a Word file's parts, or of one stream of a PDF
MOST_PAGES = 300
