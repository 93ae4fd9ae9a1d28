import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSettings } from './settings.ts'

const noSeed = (): number => assert.fail('a seed was drawn')

test('minutes, rate and seed are read; a seed that is not given is drawn', () => {
  const args = ['--minutes', '2.5', '--rate', '3']
  assert.deepEqual(parseSettings([...args, '--seed', '0'], noSeed), { minutes: 2.5, rate: 3, seed: 0 })
  assert.equal(parseSettings(args, () => 77).seed, 77)
})

test('what cannot be is refused by the name of its variable, with what is expected', () => {
  const refusal = (minutes: string, rate: string, seed: string): RegExp | string => {
    try {
      parseSettings([`--minutes=${minutes}`, `--rate=${rate}`, `--seed=${seed}`], noSeed)
      return 'taken'
    } catch (error) {
      return error instanceof Error ? error.message : ''
    }
  }
  assert.equal(refusal('1', '5', '1'), "MINUTES expects a number from 2 to 1440, got '1'")
  assert.equal(refusal('', '5', '1'), "MINUTES expects a number from 2 to 1440, got ''")
  assert.equal(refusal('5m', '5', '1'), "MINUTES expects a number from 2 to 1440, got '5m'")
  assert.equal(refusal('5', '0', '1'), "RATE expects a number from 1 to 200, got '0'")
  assert.equal(refusal('5', '5', '-1'), "SEED expects a number from 0 to 4294967295, got '-1'")
  assert.equal(refusal('5', '5', '1.5'), "SEED expects a whole number, got '1.5'")
})
