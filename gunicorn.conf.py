"""What gunicorn reads by itself in this folder: where processes count together, and the form of its own lines."""

import os
import shutil
import tempfile

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
folder_made = ""

if os.environ.get("LOG_FORMAT") == "json":
    logconfig_dict = {
        "formatters": {
            "generic": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "fmt": ["levelname", "name", "message"],
                "timestamp": "at",
                "rename_fields": {"levelname": "level", "name": "logger"},
            },
        },
        "loggers": {
            "gunicorn.error": {"level": "INFO", "handlers": ["error_console"], "propagate": False},
            # The register has an access log of its own.
            "gunicorn.access": {"level": "WARNING", "handlers": ["error_console"], "propagate": False},
        },
    }


def on_starting(server):
    """Make the folder before any worker is started, for its figures are those of one run."""
    global folder_made
    if os.environ.get("METRICS_TOKEN") and not os.environ.get(FOLDER):
        folder_made = os.environ[FOLDER] = tempfile.mkdtemp(prefix="register-metrics-")


def child_exit(server, worker):
    if os.environ.get(FOLDER):
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)


def on_exit(server):
    if folder_made:
        shutil.rmtree(folder_made, ignore_errors=True)
