/** What --help prints. */
export const HELP = `usage: ecr-reverse-proxy [COMMAND]

Serves a registry host name of your own in front of Amazon ECR, as the variables of the environment say.

  (no command)   serve, until SIGTERM
  doctor         check the set-up: configuration, certificate, name, port, AWS credentials, token, clock, network;
                 exit code 1 when something fails
  config         print every setting, its value, and where the value comes from; no secrets
  healthcheck    ask the proxy that listens here for /healthz; exit code 0 or 1

  --repository NAME[:TAG]   doctor: ask for this manifest, too (TAG is latest when it is not given)
  --json                    doctor, config: one JSON document
  --help, --version
`
