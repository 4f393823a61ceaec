"""Import every module of one member; the environment it runs in has nothing but that member."""

from __future__ import annotations

import importlib
import pkgutil
import sys

PACKAGES = {
    "render": "airdesk_render",
    "desk": "airdesk",
    "bot": "airdesk_bot",
    "notebook_ext": "airdesk_jupyter",
    "airflow_plugins": "airdesk_airflow",
    "sandbox": "airdesk_sandbox",
}

package = importlib.import_module(PACKAGES[sys.argv[1]])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    # Alembic alone can run what lies below migrations, and __main__ starts something
    if not module.name.endswith("__main__") and ".migrations." not in module.name:
        importlib.import_module(module.name)
