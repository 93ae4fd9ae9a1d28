import { awsOf, isolated } from '../process/proxy-process.ts'
import type { Simulator } from '../simulator/simulator.ts'
import { npmStart } from './npm-start.ts'

/** What `npm start` gives to Node, and what makes it this registry, in front of a simulated ECR, with this certificate. */
export function tlsStart(
  simulator: Simulator,
  { registry, port, cert, key }: { registry: string; port: number; cert: string; key: string },
): { flags: string[]; environment: NodeJS.ProcessEnv } {
  const { flags, environment } = npmStart()
  return {
    flags,
    environment: {
      ...isolated(),
      ...environment,
      ...awsOf(simulator),
      ECR_REGISTRY: simulator.registryHost,
      REGISTRY: registry,
      PORT: String(port),
      TLS_CERTIFICATE: cert,
      TLS_PRIVATE_KEY: key,
    },
  }
}
