#!/usr/bin/env bash
# Runs the image ecr_reverse_proxy with the settings named, the certificate and key, which it makes where there are none, and
# the caller's AWS configuration.
# usage: docker-run.sh NAME...; the values are in the environment, and so are REGISTRY, TLS_CERTIFICATE and TLS_PRIVATE_KEY
set -euo pipefail
# With it cd tells where it went, and that would be a part of a path here.
unset CDPATH

given=" $* "
case " ${DOCKER_RUN_OPTIONS:-}" in
  *' --net'*)
    echo 'DOCKER_RUN_OPTIONS: has a network; expected it in DOCKER_NETWORK, because ports are published by it' >&2
    exit 1
    ;;
esac
defaults=$(docker image inspect --format '{{range .Config.Env}}{{println .}}{{end}}' ecr_reverse_proxy) || {
  echo 'expected the image ecr_reverse_proxy; make it by `make dockerBuild`' >&2
  exit 1
}

# What a setting will be in the container: as it is given, or as the image has it.
setting() {
  case $given in
    *" $1 "*) echo "${!1}" ;;
    *) sed -n "s/^$1=//p" <<<"$defaults" ;;
  esac
}

image_user=65532
# As the caller, who can read the key and ~/.aws, be it by a group such as ssl-cert; but never as root.
user=$(id -u):$(id -g)
groups=$(id -G)
if [ "$(id -u)" -eq 0 ]; then user=$image_user:$image_user groups=; fi
options=(--rm --user "$user" --read-only --cap-drop ALL --security-opt no-new-privileges)
for group in $groups; do
  if [ "$group" != "${user#*:}" ]; then options+=(--group-add "$group"); fi
done
# The proxy bounds its own shutdown: SHUTDOWN_DELAY and SHUTDOWN_TIMEOUT, of an hour at most each.
options+=(--stop-timeout 7260)
if [ -t 0 ] && [ -t 1 ]; then options+=(--interactive --tty); fi

# By name only: a value would be seen in the list of processes.
pass() { options+=(--env "$1"); }

mounted=:
root_is_open=
mount_readonly() {
  local target=${2:-$1}
  case $mounted in *":$1:"*) return ;; esac
  mounted+="$1:"
  case $target in
    /root/*)
      # Images have it closed to all but root, and so is what is mounted below it. The user's own, because an older runc gives
      # a tmpfs the mode of what it covers (opencontainers/runc 3911).
      if [ -z "$root_is_open" ]; then options+=(--tmpfs "/root:ro,mode=0755,uid=${user%:*}"); fi
      root_is_open=yes
      ;;
  esac
  options+=(--mount "type=bind,source=$1,target=$target,readonly")
}

# What lies there would cover what the container has itself, or has more in it than a certificate.
may_mount() {
  local home
  home=$(readlink -f "${HOME:-/}" || echo /)
  case $2 in
    / | /bin | /etc | /home | /lib | /lib64 | /nodejs | /opt | /opt/ecr-reverse-proxy | /root | /sbin | /usr | /usr/bin | /usr/lib | /usr/lib64 | /usr/local | /usr/local/bin) ;;
    "$home" | "$home/.aws" | "$home/.ssh") ;;
    *) if ! [[ $2 =~ ^/home/[^/]+$ ]]; then return; fi ;;
  esac
  echo "$1: is in $2, which is too much to mount; expected a directory of its own for certificate and key, such as certs/" >&2
  exit 1
}

# Root's own files are closed to everybody else.
warn_of_closed() {
  if [ "$(id -u)" -eq 0 ] && [ -z "$(find -H "$1" -prune \( -user $image_user -o -perm -o=r \))" ]; then
    echo "$1: uid $image_user, which the container runs as, cannot read it; let it, or call this as another user than root" >&2
  fi
}

# Its directory, because a renewed certificate is a new file; at its own path, and with the one that symlinks lead to, so
# that they lead there in the container, too.
pass_file() {
  local name=$1 path directory real
  path=${!name}
  case $path in
    *-----BEGIN*) ;;
    *)
      if ! directory=$(cd "$(dirname "$path")" 2>/dev/null && pwd) || ! real=$(readlink -f "$path"); then
        echo "$name: $path cannot be read; expected the path of a file" >&2
        exit 1
      fi
      path=$directory/$(basename "$path")
      for directory in "$directory" "$(dirname "$real")"; do
        may_mount "$name" "$directory"
        mount_readonly "$directory"
      done
      warn_of_closed "$(dirname "$real")"
      warn_of_closed "$real"
      export "$name=$path"
      ;;
  esac
  pass "$name"
}

for name in "$@"; do pass "$name"; done
registry=$(setting REGISTRY)
if [ -z "$registry" ]; then
  pass REGISTRY
  registry=$REGISTRY
fi
if [ "$(setting TLS)" != off ]; then
  # PEM text is there already.
  case $TLS_CERTIFICATE$TLS_PRIVATE_KEY in
    *-----BEGIN*) ;;
    *) "$(dirname "$0")/../certs/generate.sh" "$registry" "$TLS_CERTIFICATE" "$TLS_PRIVATE_KEY" ;;
  esac
  pass_file TLS_CERTIFICATE
  pass_file TLS_PRIVATE_KEY
fi

for name in $(awk 'BEGIN { for (name in ENVIRON) if (name ~ /^AWS_/) print name }'); do
  pass "$name"
  case $name=${!name} in
    AWS_CONFIG_FILE=/* | AWS_SHARED_CREDENTIALS_FILE=/* | AWS_WEB_IDENTITY_TOKEN_FILE=/* | \
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/* | AWS_CA_BUNDLE=/*)
      if [ -f "${!name}" ]; then mount_readonly "${!name}"; fi ;;
  esac
done
if [ -d "${HOME:-}/.aws" ]; then
  # Where this image, which may be an older one, looks for it.
  mount_readonly "$HOME/.aws" "$(sed -n 's/^HOME=//p' <<<"$defaults")/.aws"
  for file in "$HOME/.aws/config" "$HOME/.aws/credentials"; do if [ -f "$file" ]; then warn_of_closed "$file"; fi; done
fi

if [ -n "${DOCKER_NETWORK:-}" ]; then options+=(--network "$DOCKER_NETWORK"); fi
# On the host's own network nothing is published, and the debug server stays on loopback as it is.
if [ "${DOCKER_NETWORK:-}" != host ]; then
  # An empty one is an unset one, in the container as well.
  port=$(setting PORT) status_port=$(setting STATUS_PORT) debug_port=$(setting DEBUG_PORT)
  options+=(--publish "${port:-5000}:${port:-5000}")
  if [ -n "$status_port" ]; then options+=(--publish "$status_port:$status_port"); fi
  if [ "$debug_port" != off ]; then
    first=${debug_port:-6060} last=${debug_port:-6060}
    # Each of several workers has one of its own; how many `auto` is, the container finds out.
    workers=$(setting WORKERS)
    if [[ $workers =~ ^[0-9]+$ ]] && [ "$workers" -gt 1 ]; then last=$((first + workers)); fi
    if [ "$first" = "$last" ]; then ports=$first; else ports=$first-$last; fi
    options+=(--publish "127.0.0.1:$ports:$ports")
    if [ -z "$(setting DEBUG_HOST)" ]; then options+=(--env DEBUG_HOST=0.0.0.0); fi
  fi
fi

# Unquoted, because it is several words.
# shellcheck disable=SC2086
exec docker run "${options[@]}" ${DOCKER_RUN_OPTIONS:-} ecr_reverse_proxy
