# Both by name here, and by digest in a release (.github/workflows/release.yml): distroless has no tag of an exact version. Nothing of
# BUILD_IMAGE is in the image, and RUNTIME_IMAGE needs nothing but Node 24 and what Node links.
ARG BUILD_IMAGE=node:24.21.0-trixie-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian13:nonroot

FROM ${BUILD_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev --ignore-scripts
COPY tsconfig.json ./
COPY src ./src
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM ${RUNTIME_IMAGE}
ARG RUNTIME_IMAGE
LABEL org.opencontainers.image.title="ecr-reverse-proxy" \
      org.opencontainers.image.description="A registry hostname of your own in front of Amazon ECR" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.base.name="${RUNTIME_IMAGE}"
WORKDIR /opt/ecr-reverse-proxy
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY package.json LICENSE ./

# Distroless has node in /nodejs/bin, which is not on its PATH; the official images have it in /usr/local/bin. A caller's .aws is
# mounted into HOME, and read by the caller's uid, to which distroless' own /home/nonroot is closed.
ENV PATH=/nodejs/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    HOME=/home/ecr-reverse-proxy \
    MALLOC_ARENA_MAX=1

# Every setting that is no secret; an empty one is an unset one. HOST is missing because some shells export it: a
# container listens on all of its addresses.
ARG ECR_REGISTRY
ARG REGISTRY
ARG PORT=5000
ARG TLS
ARG REGION
ARG METRICS
ARG METRICS_NAMESPACE
ARG METRICS_INTERVAL
ARG METRICS_REPOSITORIES
ARG STATUS_PORT
ARG DEBUG_HOST
ARG DEBUG_PORT
ARG DEBUG_HEAPSNAPSHOT
ARG WORKERS
ARG SHUTDOWN_DELAY
ARG SHUTDOWN_TIMEOUT
ARG KEEP_ALIVE_TIMEOUT
ARG MAX_HEADER_SIZE
ARG MAX_EVENT_LOOP_UTILIZATION
ARG MAX_EVENT_LOOP_DELAY
ARG MAX_HEAP
ARG MAX_RSS
ARG MAX_IN_FLIGHT
ARG TRUST_PROXY
ARG LOG_LEVEL
ENV ECR_REGISTRY=${ECR_REGISTRY} \
    REGISTRY=${REGISTRY} \
    PORT=${PORT} \
    TLS=${TLS} \
    REGION=${REGION} \
    METRICS=${METRICS} \
    METRICS_NAMESPACE=${METRICS_NAMESPACE} \
    METRICS_INTERVAL=${METRICS_INTERVAL} \
    METRICS_REPOSITORIES=${METRICS_REPOSITORIES} \
    STATUS_PORT=${STATUS_PORT} \
    DEBUG_HOST=${DEBUG_HOST} \
    DEBUG_PORT=${DEBUG_PORT} \
    DEBUG_HEAPSNAPSHOT=${DEBUG_HEAPSNAPSHOT} \
    WORKERS=${WORKERS} \
    SHUTDOWN_DELAY=${SHUTDOWN_DELAY} \
    SHUTDOWN_TIMEOUT=${SHUTDOWN_TIMEOUT} \
    KEEP_ALIVE_TIMEOUT=${KEEP_ALIVE_TIMEOUT} \
    MAX_HEADER_SIZE=${MAX_HEADER_SIZE} \
    MAX_EVENT_LOOP_UTILIZATION=${MAX_EVENT_LOOP_UTILIZATION} \
    MAX_EVENT_LOOP_DELAY=${MAX_EVENT_LOOP_DELAY} \
    MAX_HEAP=${MAX_HEAP} \
    MAX_RSS=${MAX_RSS} \
    MAX_IN_FLIGHT=${MAX_IN_FLIGHT} \
    TRUST_PROXY=${TRUST_PROXY} \
    LOG_LEVEL=${LOG_LEVEL}
EXPOSE ${PORT:-5000}

# A number, because Kubernetes' runAsNonRoot cannot look a name up.
USER 65532:65532
HEALTHCHECK --interval=15s --timeout=5s --start-period=10s --retries=3 \
  CMD ["node", "/opt/ecr-reverse-proxy/dist/src/main.js", "healthcheck"]
# Without a shell, node is PID 1 and gets SIGTERM. The flags of `npm start`.
ENTRYPOINT ["node", "--max-semi-space-size=1", "--initial-old-space-size=16", "--heap-growing-percent=100", "--no-allocation-site-pretenuring", "--no-concurrent-array-buffer-sweeping", "--no-separate-gc-phases", "--no-parallel-scavenge", "--gc-memory-reducer-start-delay-ms=600000", "/opt/ecr-reverse-proxy/dist/src/main.js"]
