export interface Trial {
  registry: string
  upstream: string
  simulated: boolean
  tls: boolean
  /** Of the debug server, or off. */
  debugPort: string
}

/** What a newcomer does next: trust the certificate, push, pull. */
export function trialText({ registry, upstream, simulated, tls, debugPort }: Trial): string {
  const behind = simulated
    ? `a simulated ECR (${upstream}), whose layers are gone when this ends.\nGive ECR_REGISTRY=<account>.dkr.ecr.<region>.amazonaws.com for a real one.`
    : `${upstream}, with the AWS credentials of this shell.`
  const origin = `${tls ? 'https' : 'http'}://${registry}`
  const trust = tls
    ? `trust its certificate   make -e REGISTRY=${registry} trust`
    : 'no TLS                  TLS=off; Docker allows that for localhost only'
  const see = debugPort === 'off' ? '' : `\n  see how it is           http://localhost:${debugPort}/debug/clinic/`
  return `
${origin} now stands in front of ${behind}

  ${trust}
  push                    docker tag IMAGE ${registry}/team/app:1 && docker push ${registry}/team/app:1
  pull                    docker pull ${registry}/team/app:1
  look                    curl ${tls ? '--cacert certs/registry.crt ' : ''}${origin}/v2/${see}

Ctrl-C ends it.

`
}
