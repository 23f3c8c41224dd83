# The migrations for Cloud Run: the job that deploy.yml runs before new functions take traffic. Built from the root of
# the repository:
#   docker build -f dev/migrate.Dockerfile -t migrate .
FROM python:3.12-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

# What reads has what the migrations need too: the driver and the connector.
COPY functions/get_listing/requirements.txt /build/
RUN pip install --require-hashes -r /build/requirements.txt

COPY common/ common/
COPY dev/__init__.py dev/migrate.py dev/
RUN useradd --create-home migrations
USER migrations

CMD ["python", "-m", "dev.migrate"]
