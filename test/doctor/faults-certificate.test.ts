import { makeCertificates, makeChain } from '../support/certificates.ts'
import { areFound } from './planted.ts'
import { REGISTRY, type SetUp } from './set-up.ts'

async function setTls({ environment }: SetUp, pair: { cert: string; key: string }): Promise<void> {
  Object.assign(environment, { TLS_CERTIFICATE: pair.cert, TLS_PRIVATE_KEY: pair.key })
}

areFound([
  {
    fault: 'a certificate for another name',
    plant: async (setUp) => setTls(setUp, await makeCertificates(['other.example.com'])),
    found: [
      ['certificate', 'fail', /is for DNS:other\.example\.com, and clients use registry\.example\.com/, /DNS:registry/],
    ],
  },
  {
    fault: 'a certificate that has expired',
    plant: async (setUp) => setTls(setUp, await makeCertificates([REGISTRY], -1)),
    found: [['certificate', 'fail', /^expired on /, /^renew it/]],
  },
  {
    fault: 'a certificate that was not renewed in time',
    plant: async (setUp) => {
      const { cert, ca, key } = await makeCertificates([REGISTRY], 10)
      await setTls(setUp, { cert: `${cert}${ca}`, key })
    },
    found: [['certificate', 'warn', /^expires in 9 days, on /, /did not$/]],
  },
  {
    fault: 'a chain without its intermediate certificate',
    plant: async (setUp) => setTls(setUp, await makeChain([REGISTRY])),
    found: [['certificate', 'warn', /not complete: CN=test intermediate is neither/, /NODE_EXTRA_CA_CERTS/]],
  },
  {
    fault: 'a chain out of order',
    plant: async (setUp) => {
      const { cert, intermediate, ca, key } = await makeChain([REGISTRY])
      await setTls(setUp, { cert: `${cert}${ca}${intermediate}`, key })
    },
    found: [['certificate', 'warn', /out of order/, /behind the one/]],
  },
  {
    fault: 'a key of another certificate',
    plant: async ({ environment }) => {
      environment['TLS_PRIVATE_KEY'] = (await makeCertificates([REGISTRY])).key
    },
    found: [
      ['certificate', 'fail', /^TLS_PRIVATE_KEY: does not belong to TLS_CERTIFICATE/, /the key that it was made for/],
    ],
  },
])
