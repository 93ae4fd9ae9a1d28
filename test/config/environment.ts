import assert from 'node:assert/strict'
import { createAjv } from '../../src/config/keywords.ts'
import { type Config, ConfigError, loadConfig, NOTHING } from '../../src/config/load.ts'

/** The least that a configuration needs. */
export const LEAST = {
  ECR_REGISTRY: '123456789012.dkr.ecr.us-east-1.amazonaws.com',
  REGISTRY: 'registry.example.com',
  TLS: 'off',
} as const

// Hundreds of tests read a configuration, and to compile the schema takes milliseconds.
const ajv = createAjv()

export function load(environment: NodeJS.ProcessEnv = {}): Config {
  return loadConfig({ ...LEAST, ...environment })
}

/** What is wrong with the least configuration and `environment`; fails when nothing is. */
export function problemsOf(environment: NodeJS.ProcessEnv): readonly string[] {
  return problemsIn({ ...LEAST, ...environment })
}

/** What is wrong with `environment` as it is; fails when nothing is. */
export function problemsIn(environment: NodeJS.ProcessEnv): readonly string[] {
  const { message, problems } = configError(environment)
  for (const problem of problems) assert.ok(message.includes(problem), 'the message tells every problem')
  return problems
}

/** What the operator reads about the least configuration and `environment`. */
export function messageOf(environment: NodeJS.ProcessEnv): string {
  return configError({ ...LEAST, ...environment }).message
}

function configError(environment: NodeJS.ProcessEnv): ConfigError {
  try {
    loadConfig(environment, NOTHING, ajv)
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error))
    return error
  }
  return assert.fail('the configuration is accepted')
}
