# syntax=docker/dockerfile:1
# The service as it runs in production: the same image serves, works the queue and migrates. Nothing of dev/ is in it.

FROM node:20-bookworm-slim AS pages
WORKDIR /src
# Not `npm ci`: it refuses a lock file when the registry lacks some other platform's optional package.
COPY assets/package.json assets/package-lock.json assets/.npmrc assets/copy.mjs assets/
COPY miniprogram/src/theme/tokens.css miniprogram/src/theme/
RUN npm --prefix assets install --no-save --no-audit --no-fund && npm --prefix assets run build
COPY miniprogram/package.json miniprogram/package-lock.json miniprogram/.npmrc miniprogram/
RUN npm --prefix miniprogram install --no-save --no-audit --no-fund
COPY miniprogram miniprogram
RUN npm --prefix miniprogram run build:h5

FROM python:3.11-slim-bookworm AS packages
WORKDIR /src
COPY requirements.txt .
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --no-deps --require-hashes --no-cache-dir --no-input -r requirements.txt
COPY --from=pages /src/miniprogram/dist/build/h5 h5
RUN /opt/venv/bin/python -m whitenoise.compress --quiet h5 && /opt/venv/bin/python -m compileall -q /opt/venv

FROM python:3.11-slim-bookworm
RUN apt-get update && apt-get install --yes --no-install-recommends fonts-noto-cjk && rm -rf /var/lib/apt/lists/*
RUN useradd --system --no-log-init --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin warmbee \
    && install -d -o warmbee -g warmbee -m 700 /data
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY config config
COPY migrations migrations
COPY server server
COPY --from=pages /src/server/static/vendor server/static/vendor
COPY --from=packages /src/h5 miniprogram/dist/build/h5
RUN /opt/venv/bin/python -m compileall -q server migrations
ARG COMMIT=unknown
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    ENVIRONMENT=production DATA_DIR=/data METRICS_DIR=/tmp/metrics HOST=0.0.0.0 PORT=8000 COMMIT=$COMMIT FLASK_APP=server.app
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/ready', timeout=5)"]
CMD ["gunicorn", "-c", "config/gunicorn.conf.py"]
