# Targets: connector (the default), webhook-receiver, emulator.
#
# There is no `# syntax=` line and no digest: both need a registry, and the image must also build where there is none,
# on a stand-in given as BASE_IMAGE. The optional secret `ca_bundle` is for networks that inspect TLS; it stays out of the image:
#   docker build --build-arg BASE_IMAGE=local/python-connector-base:dev --secret id=ca_bundle,src=/etc/ssl/certs/ca-certificates.crt .
ARG BASE_IMAGE=docker.io/airbyte/python-connector-base:4.1.1

# The official base sets neither WORKDIR nor USER. Its compiled .pyc files stay: without them each start takes seconds longer.
FROM ${BASE_IMAGE} AS base
WORKDIR /airbyte/integration_code
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore


FROM base AS wheel
COPY requirements/build.txt requirements/
RUN --mount=type=secret,id=ca_bundle \
    if [ -s /run/secrets/ca_bundle ]; then export PIP_CERT=/run/secrets/ca_bundle; fi \
 && pip install --quiet --require-hashes -r requirements/build.txt
COPY pyproject.toml LICENSE README.md ./
COPY source_ordergroove source_ordergroove
RUN pip wheel --quiet --no-deps --no-build-isolation --wheel-dir /wheel .


FROM base AS emulator
RUN --mount=type=secret,id=ca_bundle --mount=type=bind,source=requirements/emulator.txt,target=/requirements.txt \
    if [ -s /run/secrets/ca_bundle ]; then export PIP_CERT=/run/secrets/ca_bundle; fi \
 && pip install --quiet --require-hashes -r /requirements.txt
COPY emulator emulator
USER airbyte
EXPOSE 8000
ENTRYPOINT ["python", "-m", "emulator", "--host", "0.0.0.0", "--port", "8000"]


FROM base AS webhook-receiver
RUN --mount=type=secret,id=ca_bundle --mount=type=bind,source=requirements/receiver.txt,target=/requirements.txt \
    if [ -s /run/secrets/ca_bundle ]; then export PIP_CERT=/run/secrets/ca_bundle; fi \
 && pip install --quiet --require-hashes -r /requirements.txt
COPY webhook_receiver webhook_receiver
# Events outlive the container: mount a volume here, or set DATABASE_URL to a PostgreSQL.
RUN install --directory --owner=airbyte --group=airbyte /data
VOLUME /data
USER airbyte
ENV HOST=0.0.0.0 PORT=8080 DATABASE_URL=sqlite:////data/webhooks.db
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/healthz\", timeout=4)"]
ENTRYPOINT ["python", "-m", "webhook_receiver"]


# Last, so that a plain `docker build .` gives the connector.
FROM base AS connector
RUN --mount=type=secret,id=ca_bundle --mount=type=bind,source=requirements/runtime.txt,target=/requirements.txt \
    if [ -s /run/secrets/ca_bundle ]; then export PIP_CERT=/run/secrets/ca_bundle; fi \
 && pip install --quiet --require-hashes -r /requirements.txt
RUN --mount=type=bind,from=wheel,source=/wheel,target=/wheel \
    pip install --quiet --no-index --no-deps /wheel/*.whl
USER airbyte
ENV AIRBYTE_ENTRYPOINT="source-ordergroove"
ENTRYPOINT ["source-ordergroove"]
LABEL io.airbyte.name="airbyte/source-ordergroove" \
      io.airbyte.version="0.1.0" \
      org.opencontainers.image.title="source-ordergroove" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.description="Airbyte source for Ordergroove" \
      org.opencontainers.image.licenses="MIT"
