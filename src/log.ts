import { errorCode } from './error-code.ts'
import type { FastifyServerOptions } from 'fastify'

export type LoggerOptions = Exclude<FastifyServerOptions['logger'], boolean | undefined>

/** What the core needs of a log; Fastify's logger fits. */
export interface Log {
  info(object: object, message: string): void
  warn(object: object, message: string): void
  error(object: object, message: string): void
}

/** Where log lines go in place of stdout. */
export interface LogStream {
  write(line: string): void
}

/** Causes of causes that a log line shows. */
const MAX_CAUSES = 4

/** Options of Fastify's logger: JSON lines, or readable ones where a person looks and the formatter is installed. */
export function loggerOptions(level: string, pretty: boolean, stream: LogStream | undefined): LoggerOptions {
  return {
    level,
    serializers: { err: (error: unknown) => errorForLog(error) },
    ...(stream === undefined ? {} : { stream }),
    ...(pretty
      ? { transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' } } }
      : {}),
  }
}

/** Writes lines to where the log goes, as they are. */
export function lineWriter(stream: LogStream | undefined): (line: string) => void {
  if (stream !== undefined) return (line) => stream.write(line)
  // Nobody reads any more (EPIPE), which is no reason to stop serving.
  process.stdout.on('error', () => {})
  return (line) => process.stdout.write(line)
}

interface LoggedError {
  [property: string]: unknown
  type: string
  message: string
  stack: string
  code?: string
  cause?: LoggedError
}

/**
 * The parts of an error that are known to hold no secret. Errors of HTTP clients carry requests, responses and sockets,
 * and a serializer that writes all properties would write the token one day.
 */
export function errorForLog(error: unknown, causes = MAX_CAUSES): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error), stack: '' }
  const logged: LoggedError = { type: error.name, message: error.message, stack: error.stack ?? '' }
  const code = errorCode(error)
  if (code !== undefined) logged.code = code
  if (error.cause !== undefined && causes > 0) logged.cause = errorForLog(error.cause, causes - 1)
  return logged
}
