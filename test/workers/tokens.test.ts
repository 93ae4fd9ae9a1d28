// docs/request-handling.md: 9, 10
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { Deferred } from '../../src/deferred.ts'
import { EcrTokenSource } from '../../src/ecr/ecr-token-source.ts'
import type { IssuedToken, Token } from '../../src/ecr/token-source.ts'
import { TOKEN_ANSWER_MS } from '../../src/limits.ts'
import type { Ask, ToWorker } from '../../src/workers/messages.ts'
import { RelayedTokenSource } from '../../src/workers/relayed-token-source.ts'
import { TokenDesk } from '../../src/workers/token-desk.ts'
import { down, HOUR, TWELVE_HOURS } from '../ecr/issuer.ts'
import { FakeClock } from '../support/fake-clock.ts'

/** One primary and two workers in one process; what they say passes JSON, and each worker's clock has a zero of its own. */
class Office {
  readonly clock = new FakeClock()
  calls = 0
  answer: () => Promise<IssuedToken> = async () => ({ value: `token${this.calls}`, lifetimeMs: TWELVE_HOURS })
  readonly asked: Ask[] = []
  readonly workers: RelayedTokenSource[] = []
  readonly desk: TokenDesk

  constructor() {
    const issue = (): Promise<IssuedToken> => {
      this.calls += 1
      return this.answer()
    }
    this.desk = new TokenDesk(
      (events) => new EcrTokenSource({ issue, clock: this.clock, random: () => 0.5, ...events }),
      (message) => this.workers.forEach((worker) => tell(worker, message)),
    )
  }

  hire(): RelayedTokenSource {
    const zero = 1000 * (this.workers.length + 1)
    const clock = {
      now: () => this.clock.now() + zero,
      after: (ms: number, call: () => void) => this.clock.after(ms, call),
    }
    const worker: RelayedTokenSource = new RelayedTokenSource(clock, (ask) => {
      this.asked.push(ask)
      void this.desk.answer(structuredClone(ask)).then((answer) => tell(worker, answer))
    })
    this.workers.push(worker)
    for (const news of this.desk.news()) tell(worker, news)
    return worker
  }
}

function tell(worker: RelayedTokenSource, message: ToWorker): void {
  const said: ToWorker = JSON.parse(JSON.stringify(message))
  if (said.type === 'token' || said.type === 'token-failure' || said.type === 'answer') worker.receive(said)
}

function tokenOf({ current }: RelayedTokenSource): Token {
  return current ?? assert.fail('there is no valid token')
}

async function started(): Promise<{ office: Office; one: RelayedTokenSource; other: RelayedTokenSource }> {
  const office = new Office()
  const [one, other] = [office.hire(), office.hire()]
  office.desk.tokens.start()
  await turn()
  return { office, one, other }
}

test('one fetch serves all workers, and a new one is told what there is', async () => {
  const { office, one, other } = await started()
  await office.clock.advance(HOUR)
  const late = office.hire()
  for (const worker of [one, other, late]) {
    assert.equal((await worker.acquire()).value, 'token1')
    assert.equal(worker.ageMs(tokenOf(worker)), HOUR)
    assert.equal(worker.lastError, undefined)
  }
  assert.equal(office.calls, 1)
  assert.deepEqual(office.asked, [])
})

test('a token ends for a worker when it ends for the primary', async () => {
  const { office, one } = await started()
  office.answer = down
  await office.clock.advance(TWELVE_HOURS - 1)
  assert.equal(tokenOf(one).value, 'token1')
  await office.clock.advance(1)
  assert.equal(one.current, undefined)
})

test('requests before the first token wait for the fetch under way, with one question', async () => {
  const office = new Office()
  const issued = new Deferred<IssuedToken>()
  office.answer = () => issued.promise
  office.desk.tokens.start()
  const worker = office.hire()
  const waiting = Promise.all(Array.from({ length: 20 }, () => worker.acquire()))
  await turn()
  assert.equal(office.asked.length, 1)
  issued.resolve({ value: 'first', lifetimeMs: HOUR })
  assert.deepEqual(new Set((await waiting).map(({ value }) => value)), new Set(['first']))
  assert.equal(office.calls, 1)
})

test('between two failed fetches nobody waits, and the failure is told by its kind alone', async () => {
  const office = new Office()
  const worker = office.hire()
  office.answer = async () => {
    const failure = new Error('arn:aws:sts::123456789012:assumed-role/x may not')
    throw Object.assign(failure, { name: 'AccessDeniedException', code: 'DENIED' })
  }
  office.desk.tokens.start()
  await turn()
  await assert.rejects(worker.acquire(), (error: Error) => {
    assert.equal(error.name, 'TokenUnavailableError')
    assert.ok(error.cause instanceof Error)
    const code: unknown = 'code' in error.cause ? error.cause.code : undefined
    assert.deepEqual([error.cause.name, code], ['AccessDeniedException', 'DENIED'])
    assert.doesNotMatch(`${error.message} ${error.cause.message}`, /arn:|\d{12}/)
    return true
  })
  assert.equal(office.calls, 1)
  const late = office.hire()
  assert.ok(late.lastError instanceof Error && late.lastError.name === 'AccessDeniedException')
})

test('what is thrown and is no error is told, too', async () => {
  const office = new Office()
  const worker = office.hire()
  // oxlint-disable-next-line typescript/only-throw-error -- a library may
  office.answer = async () => Promise.reject('text')
  office.desk.tokens.start()
  await turn()
  assert.ok(worker.lastError instanceof Error)
  assert.equal(worker.lastError.name, 'Error')
})

test('a token that both workers were refused with is renewed once', async () => {
  const { office, one, other } = await started()
  const renewed = await Promise.all([one, one, other].map((worker) => worker.renew(tokenOf(worker))))
  assert.deepEqual(
    renewed.map(({ value }) => value),
    ['token2', 'token2', 'token2'],
  )
  assert.equal(renewed[0], renewed[1])
  assert.equal(office.calls, 2)
  assert.equal(office.asked.length, 2)
})

test('a worker that was refused with an older token has the newer one already', async () => {
  const { office, one } = await started()
  const old = tokenOf(one)
  await office.clock.advance(TWELVE_HOURS / 2)
  assert.equal((await one.renew(old)).value, 'token2')
  assert.equal((await one.renewIfDoubtful(old))?.value, 'token2')
  assert.deepEqual(office.asked, [])
})

test('a question that crosses a refresh on its way is answered with the newer token', async () => {
  const { office, one } = await started()
  const answers: ToWorker[] = []
  await office.clock.advance(TWELVE_HOURS / 2)
  await office.clock.advance(TWELVE_HOURS / 2)
  for (const what of ['renew', 'renew-if-doubtful'] as const) {
    answers.push(await office.desk.answer({ type: 'ask', request: 9, what, refused: 1 }))
  }
  assert.deepEqual(
    answers.map((answer) => (answer.type === 'answer' ? answer.token?.value : undefined)),
    ['token3', 'token3'],
  )
  assert.equal(tokenOf(one).value, 'token3')
  assert.equal(office.calls, 3)
})

test('a doubt is decided by the primary: the age, and once a minute for all workers', async () => {
  const { office, one, other } = await started()
  assert.equal(await one.renewIfDoubtful(tokenOf(one)), undefined)
  assert.equal(office.calls, 1)
  await office.clock.advance(HOUR)
  const [first, second] = await Promise.all([one, other].map((worker) => worker.renewIfDoubtful(tokenOf(worker))))
  assert.equal(first?.value, 'token2')
  assert.equal(second?.value, 'token2')
  assert.equal(office.calls, 2)
})

test('a renewal that fails is an error; after a doubt it is none', async () => {
  const { office, one } = await started()
  await office.clock.advance(HOUR)
  office.answer = down
  assert.equal(await one.renewIfDoubtful(tokenOf(one)), undefined)
  const renewed = one.renew(tokenOf(one))
  await Promise.all([
    assert.rejects(renewed, { name: 'TokenUnavailableError', message: 'no token could be obtained' }),
    office.clock.advance(1000),
  ])
  assert.equal(tokenOf(one).value, 'token1')
})

test('a primary that does not answer is not waited for without end', async () => {
  const clock = new FakeClock()
  const worker = new RelayedTokenSource(clock, () => undefined)
  const waiting = worker.acquire()
  await Promise.all([
    assert.rejects(waiting, { name: 'TokenUnavailableError', message: 'the primary did not answer' }),
    clock.advance(TOKEN_ANSWER_MS),
  ])
  assert.equal(clock.armed, 0)
  // Too late, or never asked for.
  worker.receive({ type: 'answer', request: 1, token: null, failure: { name: 'Error', code: null } })
  worker.receive({ type: 'answer', request: 7, token: null, failure: null })
  assert.equal(worker.current, undefined)
})

test('an answer without a token is an error to who needs one', async () => {
  const worker: RelayedTokenSource = new RelayedTokenSource(new FakeClock(), ({ request }) =>
    setImmediate(() => worker.receive({ type: 'answer', request, token: null, failure: null })),
  )
  worker.start()
  await assert.rejects(worker.acquire(), { name: 'TokenUnavailableError', message: 'the primary has no token' })
  worker.close()
})
