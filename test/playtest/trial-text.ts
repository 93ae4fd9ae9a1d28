export interface Trial {
  registry: string
  upstream: string
  simulated: boolean
}

/** What a newcomer does next: trust the certificate, push, pull. */
export function trialText({ registry, upstream, simulated }: Trial): string {
  const behind = simulated
    ? `a simulated ECR (${upstream}), whose layers are gone when this ends.\nGive ECR_REGISTRY=<account>.dkr.ecr.<region>.amazonaws.com for a real one.`
    : `${upstream}, with the AWS credentials of this shell.`
  return `
https://${registry} now stands in front of ${behind}

  trust its certificate   make -e REGISTRY=${registry} trust
  push                    docker tag IMAGE ${registry}/team/app:1 && docker push ${registry}/team/app:1
  pull                    docker pull ${registry}/team/app:1
  look                    curl --cacert certs/registry.crt https://${registry}/v2/

Ctrl-C ends it.

`
}
