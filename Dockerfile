# One image for the web server, the server's worker and the graders: which of them a container is, its command says.
# PIP_EXTRA_INDEX_URL chooses the build of PyTorch (docs/operators.md).
FROM debian:bookworm-slim AS python
ARG DEBIAN_FRONTEND=noninteractive
RUN apt-get update \
    && apt-get install -y --no-install-recommends bubblewrap ca-certificates python3 python3-seccomp util-linux \
    && rm -rf /var/lib/apt/lists/*

# The packages in a stage and a layer of their own: they change seldom, and take most of the time and of the space.
FROM python AS packages
ARG DEBIAN_FRONTEND=noninteractive
ARG PIP_EXTRA_INDEX_URL=
RUN apt-get update && apt-get install -y --no-install-recommends python3-venv && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/stride
RUN python3 -m venv .venv
COPY pyproject.toml constraints.txt ./
RUN python3 -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"], sep="\n")' > /tmp/needed \
    && .venv/bin/python -m pip install --quiet --no-cache-dir -c constraints.txt -r /tmp/needed

FROM python
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/stride stride \
    && install -d -o stride -g stride -m 0750 /var/lib/stride
WORKDIR /srv/stride
COPY --from=packages /srv/stride/.venv .venv
COPY . .
RUN .venv/bin/python -m pip install --quiet --no-cache-dir --no-deps -e . \
    && .venv/bin/python -m compileall -q grader reference server deploy
ENV PATH=/srv/stride/.venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    STRIDE_DATA=/var/lib/stride
USER stride
EXPOSE 8000
CMD ["stride", "--help"]
