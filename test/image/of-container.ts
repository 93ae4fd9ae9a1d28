import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { ProgramFailedError } from '../clients/program.ts'
import { send } from '../support/http-client.ts'
import { npmStart } from '../support/npm-start.ts'
import { untilAnswered } from '../support/until.ts'
import { CALLER_UID } from './caller.ts'
import type { Subject } from './subject.ts'

const READY_MS = 1_500

/** What the container is, and may. */
export function testContainer({ environment, caller, debugPort, variables, container }: Subject): void {
  test('node is PID 1 with the flags of npm start, as the caller and not as root', async () => {
    const { flags, environment: measured } = npmStart()
    const commandLine = await container().node(`fs.readFileSync('/proc/1/cmdline', 'utf8').split('\\0').join(' ')`)
    assert.equal(commandLine, `node ${flags.join(' ')} /opt/ecr-reverse-proxy/dist/src/main.js`)
    const environ = await container().node(`fs.readFileSync('/proc/1/environ', 'utf8').split('\\0').join('\\n')`)
    for (const [name, value] of Object.entries(measured))
      assert.ok(environ.split('\n').includes(`${name}=${value}`), name)
    assert.equal(await container().node(`fs.statSync('/proc/1').uid`), String(CALLER_UID))
    const { stdout } = await environment().engine.docker([
      'image',
      'inspect',
      '--format',
      '{{.Config.User}}',
      'ecr_reverse_proxy',
    ])
    assert.equal(stdout.trim(), '65532:65532')
  })

  test('the container may write nothing, gain nothing, and has no shell', async () => {
    const write = await container().node(
      `['/', '/tmp', '/home/ecr-reverse-proxy', '/opt/ecr-reverse-proxy'].map((path) => {
        try { return fs.writeFileSync(path + '/x', '') } catch (error) { return error.code } }).join()`,
    )
    assert.match(write, /^(?:EROFS|ENOENT|EACCES)(?:,(?:EROFS|ENOENT|EACCES))*$/)
    assert.equal(await container().inspect('.HostConfig.ReadonlyRootfs'), true)
    const status = await container().node(`fs.readFileSync('/proc/1/status', 'utf8')`)
    assert.match(status, /^NoNewPrivs:\t1$/m)
    assert.match(status, /^CapBnd:\t0+$/m)
    const shell = environment().engine.docker(['exec', 'registry', 'sh', '-c', 'true'])
    await assert.rejects(
      shell,
      (err) => err instanceof ProgramFailedError && /executable file not found/.test(err.output),
    )
  })

  test('certificates and AWS configuration are mounted read-only, and no secret is in its variables', async () => {
    const { clone } = caller()
    const mounts = await container().inspect('.Mounts')
    assert.ok(Array.isArray(mounts))
    const shown = mounts.map(
      ({ Source: source, Destination: target, RW: writable }) => `${source} ${target} ${writable}`,
    )
    const own = shown.filter((mount) => !mount.includes(' /upstream-ca '))
    assert.deepEqual(own.toSorted(), [
      `${join(clone, '../.aws')} /home/ecr-reverse-proxy/.aws false`,
      `${join(clone, 'certs')} ${join(clone, 'certs')} false`,
    ])
    const inspected = JSON.stringify(await container().inspect('.'))
    assert.ok(inspected.includes('AWS_ENDPOINT_URL_ECR'))
    assert.ok(!inspected.includes(environment().simulator.credentials.secretAccessKey))
  })

  test('the debug server is reached from the host by loopback alone', async () => {
    const { body } = await send({ port: debugPort() }, 'GET', '/debug/pprof/')
    assert.match(body, /profile/)
    const listening = await environment().run('sh', ['-c', 'cat /proc/net/tcp /proc/net/tcp6'])
    const port = debugPort().toString(16).toUpperCase().padStart(4, '0')
    // A line has the local address, the remote one and the state; 0A is LISTEN (proc(5)).
    const sockets = [...listening.stdout.matchAll(/: ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A /g)]
    const addresses = sockets.filter(([, , at]) => at === port).map(([, address]) => address)
    assert.deepEqual(addresses, ['0100007F'])
  })

  test('it is ready within 1.5 s, in the quickest of three starts', async (t) => {
    const starts: number[] = []
    for (let round = 0; round < 3; round++) {
      await container().remove()
      await caller().make([...variables(), 'dockerRun'])
      await container().ready(environment().port)
      // By its own log, because how late this process looks says nothing of it.
      const times = (await container().logs()).filter(({ msg }) => /^(?:listening on|token obtained)/.test(String(msg)))
      assert.equal(times.length, 2)
      const ready = Math.max(...times.map(({ time }) => Number(time)))
      starts.push(ready - Date.parse(String(await container().inspect('.State.StartedAt'))))
    }
    t.diagnostic(`ready after ${starts.join(', ')} ms`)
    assert.ok(Math.min(...starts) < READY_MS, `${starts.join(', ')} ms`)
  })

  test('the engine calls it healthy', async () => {
    const health = async (): Promise<boolean> => (await container().inspect('.State.Health.Status')) === 'healthy'
    await untilAnswered(health, 'healthy', 60_000)
  })
}
