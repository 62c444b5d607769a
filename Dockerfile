# Two stages: the first builds the virtual environment and fetches the speech model, the second has neither compiler nor
# package lists, and runs as a user without rights.
FROM debian:12-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-venv ca-certificates
WORKDIR /app
COPY requirements.txt requirements.in pyproject.toml README.md server.py ./
COPY ivr ./ivr
RUN python3 -m venv /opt/ivr && /opt/ivr/bin/pip install --no-cache-dir -r requirements.txt && /opt/ivr/bin/pip install --no-cache-dir --no-deps .
RUN /opt/ivr/bin/ivr models fetch whisper e5 --models-dir /opt/ivr-models

FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends python3 espeak-ng ca-certificates && rm -rf /var/lib/apt/lists/*
RUN useradd --system --create-home --home-dir /var/lib/ivr ivr
COPY --from=build /opt/ivr /opt/ivr
COPY --from=build --chown=ivr /opt/ivr-models /var/lib/ivr/models
WORKDIR /app
COPY flows ./flows
COPY prompts ./prompts
COPY server.py ./
USER ivr
ENV IVR_ENV=production IVR_HOST=0.0.0.0 IVR_VAR_DIR=/var/lib/ivr PYTHONUNBUFFERED=1
EXPOSE 8080
VOLUME /var/lib/ivr
HEALTHCHECK --interval=15s --timeout=3s CMD ["/opt/ivr/bin/python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/readyz', timeout=2)"]
CMD ["/opt/ivr/bin/ivr", "serve"]
