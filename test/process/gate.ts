import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { pipeline } from 'node:stream'
import type { TestContext } from 'node:test'

/** Opens a port of loopback that leads to another: what listens behind it was unreachable until now. */
export async function startGate(t: TestContext, port: number, to: number): Promise<void> {
  const gate = createServer((socket) => {
    const behind = connect(to, '127.0.0.1')
    // Either side may end first, and nobody has to be told.
    pipeline(socket, behind, socket, () => {})
    t.after(() => {
      socket.destroy()
      behind.destroy()
    })
  })
  gate.listen(port, '127.0.0.1')
  t.after(() => gate.close())
  await once(gate, 'listening')
}
