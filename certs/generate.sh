#!/bin/sh
# Makes a self-signed certificate for REGISTRY (host or host:port), localhost, 127.0.0.1 and ::1, unless a good one is there.
# What it did not make itself it never replaces: TLS_CERTIFICATE may name a real certificate, and its key is gone for good.
# usage: generate.sh REGISTRY CERTIFICATE KEY
set -eu
registry=$1 certificate=$2 key=$3

case $certificate$key in
  *-----BEGIN*)
    echo 'TLS_CERTIFICATE or TLS_PRIVATE_KEY is PEM text; expected two paths here' >&2
    exit 1
    ;;
esac

case $registry in
  \[*) host=${registry%%]*} host=${host#\[} ;;
  *) host=${registry%%:*} ;;
esac
case $host in
  *[!0-9.]*:* | *:*) san=IP:$host check=-checkip ;;
  *[!0-9.]*) san=DNS:$host check=-checkhost ;;
  *) san=IP:$host check=-checkip ;;
esac

day=86400
mark=ecr-reverse-proxy-self-signed
if [ -f "$certificate" ] && [ -f "$key" ] &&
  openssl x509 -in "$certificate" -noout -checkend $day >/dev/null 2>&1 &&
  openssl x509 -in "$certificate" -noout $check "$host" | grep -q 'does match'; then
  exit 0
fi

if [ -f "$certificate" ] && openssl x509 -in "$certificate" -noout -subject 2>/dev/null | grep -q "$mark"; then
  : # An older one of ours.
elif [ -e "$certificate" ] || [ -e "$key" ]; then
  echo "$certificate and $key were not made here, and are not both there, good for another day and for $host;" \
    'expected such a pair, or two paths where nothing is yet (see REGISTRY, TLS_CERTIFICATE, TLS_PRIVATE_KEY)' >&2
  exit 1
fi

mkdir -p "$(dirname "$certificate")" "$(dirname "$key")"
umask 077
# A common name may have 64 characters, where a host's has up to 253; clients look at subjectAltName alone.
name=$(printf '%.64s' "$host")
words=$(openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 -subj "/O=$mark/CN=$name" \
  -addext "subjectAltName=$san,DNS:localhost,IP:127.0.0.1,IP:::1" -keyout "$key" -out "$certificate" 2>&1) || {
  printf '%s\n' "$words" >&2
  # A key without a certificate would be taken for somebody else's the next time.
  if ! [ -e "$certificate" ]; then rm -f "$key"; fi
  exit 1
}
chmod 644 "$certificate"
# Made by root for itself it would be of no use to `make dockerRun`, whose container never runs as root: this is its user.
if [ "$(id -u)" -eq 0 ]; then chown 65532 "$key"; fi
echo "made $certificate for $host, localhost, 127.0.0.1 and ::1"
