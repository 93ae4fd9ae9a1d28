import assert from 'node:assert/strict'
import { type Config, ConfigError, loadConfig } from '../../src/config/load.ts'

/** The least that a configuration needs. */
export const LEAST = {
  ECR_REGISTRY: '123456789012.dkr.ecr.us-east-1.amazonaws.com',
  REGISTRY: 'registry.example.com',
  TLS: 'off',
} as const

export function load(environment: NodeJS.ProcessEnv = {}): Config {
  return loadConfig({ ...LEAST, ...environment })
}

/** What is wrong with the least configuration and `environment`; fails when nothing is. */
export function problemsOf(environment: NodeJS.ProcessEnv): readonly string[] {
  return problemsIn({ ...LEAST, ...environment })
}

/** What is wrong with `environment` as it is; fails when nothing is. */
export function problemsIn(environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    loadConfig(environment)
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error))
    for (const problem of error.problems) assert.ok(error.message.includes(problem), 'the message tells every problem')
    return error.problems
  }
  return assert.fail('the configuration is accepted')
}
