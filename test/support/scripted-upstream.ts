import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { createServer, type TLSSocket } from 'node:tls'
import { startSimulator } from '../simulator/simulator.ts'
import { makeCertificates } from './certificates.ts'
import { startProxy, type TestProxy } from './proxy.ts'
import { simulatorConnector } from './simulator-connector.ts'

/** A proxy whose registry is a script: `answer` writes bytes to each request head that comes. Bodies are not looked at. */
export async function startScripted(
  t: TestContext,
  answer: (socket: TLSSocket, head: string) => void,
): Promise<TestProxy> {
  const simulator = await startSimulator()
  t.after(() => simulator.close())
  const { ca, cert, key } = await makeCertificates([simulator.registryHost])
  const server = createServer({ cert, key }, (socket) => {
    let text = ''
    socket.setEncoding('latin1')
    socket.on('error', () => undefined)
    socket.on('data', (more: string) => {
      text += more
      const end = text.indexOf('\r\n\r\n')
      if (end === -1) return
      const head = text.slice(0, end)
      text = ''
      answer(socket, head)
    })
    t.after(() => socket.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const address = server.address()
  const registryPort = typeof address === 'object' && address !== null ? address.port : 0
  const proxy = await startProxy(simulator, { dependencies: { connector: simulatorConnector({ registryPort, ca }) } })
  t.after(() => proxy.close())
  return proxy
}
