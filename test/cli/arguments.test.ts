import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Command, parseArguments } from '../../src/cli/arguments.ts'

for (const [line, command] of [
  ['--help', { name: 'help' }],
  ['doctor --help', { name: 'help' }],
  ['--version', { name: 'version' }],
  ['healthcheck', { name: 'healthcheck' }],
  ['config', { name: 'config', json: false }],
  ['--json config', { name: 'config', json: true }],
  ['doctor', { name: 'doctor', json: false, repository: undefined }],
  ['doctor --json', { name: 'doctor', json: true, repository: undefined }],
  ['doctor --repository app', { name: 'doctor', json: false, repository: { name: 'app', tag: 'latest' } }],
  ['doctor --repository=team/app:1.0', { name: 'doctor', json: false, repository: { name: 'team/app', tag: '1.0' } }],
] satisfies [string, Command][]) {
  test(`${line} is a command`, () => {
    assert.deepEqual(parseArguments(line.split(' ')), command)
  })
}

const NAMES = 'expected NAME or NAME:TAG, such as team/app:1.0'
const COMMANDS = 'expected doctor, config, healthcheck, or no argument to serve'

for (const { args, sentence } of [
  { args: ['doktor'], sentence: `"doktor" is no command; ${COMMANDS}` },
  { args: [''], sentence: `"" is no command; ${COMMANDS}` },
  { args: ['toString'], sentence: `"toString" is no command; ${COMMANDS}` },
  { args: ['--'], sentence: `nothing is no command; ${COMMANDS}` },
  { args: ['--json'], sentence: `--json is no command; ${COMMANDS}` },
  { args: ['doctor', 'config'], sentence: '"config" is one argument too many; expected one command' },
  { args: ['--port=80'], sentence: '"--port" is no option; expected --help, --version, or a command' },
  { args: ['-h'], sentence: '"-h" is no option; expected --help, --version, or a command' },
  {
    args: ['doctor', '--constructor'],
    sentence: '"--constructor" is no option; expected --help, --version, or a command',
  },
  { args: ['doctor', '--json=1'], sentence: '--json takes no value; expected it alone' },
  { args: ['doctor', '--json', '--json'], sentence: '--json is given twice; expected it once' },
  { args: ['config', '--repository', 'a'], sentence: '--repository is no option of config; expected --json or --help' },
  { args: ['healthcheck', '--json'], sentence: '--json is no option of healthcheck; expected --help' },
  {
    args: ['doctor', '--version'],
    sentence: '--version is no option of doctor; expected --json or --repository or --help',
  },
  { args: ['doctor', '--repository'], sentence: `--repository has no value; ${NAMES}` },
  { args: ['doctor', '--repository='], sentence: `--repository: "" is no repository; ${NAMES}` },
  { args: ['doctor', '--repository', '--json'], sentence: `--repository: "--json" is no repository; ${NAMES}` },
  { args: ['doctor', '--repository', 'Team/App'], sentence: `--repository: "Team/App" is no repository; ${NAMES}` },
  { args: ['doctor', '--repository', 'app:'], sentence: `--repository: "" is no tag; ${NAMES}` },
  { args: ['doctor', '--repository', 'app:1\n2'], sentence: `--repository: "1\\n2" is no tag; ${NAMES}` },
  { args: ['x'.repeat(5000)], sentence: `"${'x'.repeat(80)}" is no command; ${COMMANDS}` },
]) {
  test(`${JSON.stringify(args).slice(0, 60)} is a sentence`, () => {
    assert.throws(() => parseArguments(args), { name: 'UsageError', message: sentence })
  })
}
