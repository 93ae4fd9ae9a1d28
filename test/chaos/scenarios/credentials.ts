import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { header } from '../../support/pair.ts'
import type { Credentials } from '../../simulator/api-signature.ts'
import type { Simulator } from '../../simulator/simulator.ts'
import { motoToken, needMoto, startMoto } from '../moto.ts'
import { FAULT_MS, type Scenario, shown } from '../scenario.ts'
import { fakeTimeLibrary } from '../time-of-day.ts'

const PLACE = 'at the token API'
const HOUR_MS = 3_600_000
const ACCOUNT = '123456789012'
/** By its own clock, moto's token then is valid for six hours. */
const MOTO_TIME = '2014-12-31 18:00:00'

/** In place of the keys that a stage gives by default. */
const NO_KEYS = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined }

/** Credentials that are replaced, and an API that somebody else has written. */
export const CREDENTIALS: readonly Scenario[] = [
  {
    name: 'token-keys-rotated',
    place: PLACE,
    fault: 'all tokens revoked, the keys of the credentials file refused; 4 s later it has new ones',
    sample: true,
    stage: {
      proxy: async ({ simulator, directory }) => {
        const file = await writeKeys(directory, simulator.credentials)
        return { environment: { ...NO_KEYS, AWS_SHARED_CREDENTIALS_FILE: file } }
      },
    },
    strike: async ({ simulator, directory }) => {
      const keys = simulator.rotateCredentials()
      simulator.tokens.revokeAll()
      await sleep(FAULT_MS)
      await writeKeys(directory, keys)
    },
  },
  {
    name: 'token-session-revoked',
    place: PLACE,
    fault: "all tokens revoked, the task role's session too, hours before its end; the endpoint has a new one at once",
    sample: false,
    stage: {
      proxy: async ({ simulator, atEnd }) => {
        const endpoint = await credentialsEndpoint(simulator)
        atEnd(endpoint.close)
        return { environment: { ...NO_KEYS, AWS_CONTAINER_CREDENTIALS_FULL_URI: endpoint.url } }
      },
    },
    strike: async ({ simulator }) => {
      simulator.revokeSession()
      simulator.tokens.revokeAll()
    },
  },
  {
    name: 'token-moto-expired',
    place: PLACE,
    fault: "all tokens revoked, moto's ECR API answers for 4 s: its tokens expired in 2015",
    sample: true,
    needs: needMoto,
    strike: async ({ simulator, api, atEnd }) => {
      const moto = await startMoto()
      atEnd(moto.stop)
      api.targetPort = moto.port
      api.resetOpen()
      simulator.tokens.revokeAll()
      await sleep(FAULT_MS)
      api.targetPort = portOf(simulator)
      api.resetOpen()
    },
  },
  {
    name: 'token-moto-in-2014',
    place: PLACE,
    fault: 'all tokens revoked, moto answers in place of the API, and its clock is twelve years slow',
    sample: false,
    needs: () => {
      needMoto()
      fakeTimeLibrary()
    },
    strike: async ({ simulator, api, atEnd }) => {
      const moto = await startMoto(MOTO_TIME)
      atEnd(moto.stop)
      const token = motoToken(ACCOUNT)
      api.targetPort = moto.port
      api.resetOpen()
      simulator.tokens.revokeAll()
      simulator.tokens.adopt(token, Date.now() + HOUR_MS)
      await shown("a request with moto's token that is answered", () => isAnswered(simulator, `Basic ${token}`))
      await sleep(FAULT_MS)
    },
  },
]

function isAnswered({ requests }: Simulator, authorization: string): boolean {
  return requests.some(
    ({ status, rawHeaders }) => status === 200 && header(rawHeaders, 'authorization') === authorization,
  )
}

function portOf({ apiEndpoint }: Simulator): number {
  return Number(new URL(apiEndpoint).port)
}

async function writeKeys(directory: string, { accessKeyId, secretAccessKey }: Credentials): Promise<string> {
  const file = join(directory, 'credentials')
  await writeFile(file, `[default]\naws_access_key_id=${accessKeyId}\naws_secret_access_key=${secretAccessKey}\n`)
  return file
}

/** As the one that ECS gives to a task with a role. */
async function credentialsEndpoint(simulator: Simulator): Promise<{ url: string; close: () => void }> {
  const server = createServer((_request, response) => {
    const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey } = simulator.credentials
    const Expiration = new Date(Date.now() + 6 * HOUR_MS).toISOString()
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({ AccessKeyId, SecretAccessKey, Token: 'a session', Expiration }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { url: `http://127.0.0.1:${port}/credentials`, close: () => server.close() }
}
