import { ECRClient } from '@aws-sdk/client-ecr'

/** The SDK's client against a simulator's API, with its one valid key. */
export function simulatorEcrClient(
  simulator: { apiEndpoint: string; credentials: { accessKeyId: string; secretAccessKey: string } },
  region: string,
): ECRClient {
  return new ECRClient({ endpoint: simulator.apiEndpoint, credentials: simulator.credentials, region, maxAttempts: 1 })
}
