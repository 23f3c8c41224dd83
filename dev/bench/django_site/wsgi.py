# mypy: ignore-errors
"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dev.bench.django_site.settings")
application = get_wsgi_application()
