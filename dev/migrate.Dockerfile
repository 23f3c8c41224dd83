# The migrations for Cloud Run: the job that deploy.yml runs before new functions take traffic. The audit and the doctor are
# in it too: only a job beside the functions reaches the database (docs/operations.md). Built from the root of the
# repository:
#   docker build -f dev/migrate.Dockerfile -t migrate .
FROM python:3.12-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

COPY dev/migrate.requirements.txt /build/
RUN pip install --require-hashes -r /build/migrate.requirements.txt

COPY common/ common/
COPY dev/__init__.py dev/migrate.py dev/
COPY dev/audit/ dev/audit/
COPY dev/doctor/ dev/doctor/
COPY dev/stack/ dev/stack/
RUN useradd --create-home migrations
USER migrations

CMD ["python", "-m", "dev.migrate"]
