import { ProxyProcess } from '../process/proxy-process.ts'
import { answering } from '../support/answering.ts'
import { areFound, set } from './planted.ts'

areFound([
  {
    fault: 'a duration without its unit',
    plant: set({ SHUTDOWN_TIMEOUT: '25' }),
    found: [['configuration', 'fail', /^SHUTDOWN_TIMEOUT: "25" has no unit; expected/, /set the variables named/]],
  },
  {
    fault: 'a registry that is none, without which nothing of AWS can be asked',
    plant: set({ ECR_REGISTRY: 'public.ecr.aws' }),
    found: [['configuration', 'fail', /^ECR_REGISTRY: .*ECR Public/, /has not been checked$/]],
  },
  {
    fault: 'metrics for a CloudWatch of no region, without which all else can be checked',
    plant: set({ METRICS: 'cloudwatch', REGION: 'Virginia' }),
    found: [['configuration', 'fail', /^REGION: "Virginia" is no region/, /set the variables named/]],
  },
  {
    fault: 'a REGISTRY that does not resolve',
    plant: (setUp) => {
      setUp.addresses = {}
    },
    found: [['name', 'warn', /registry\.example\.com does not resolve here \(ENOTFOUND\)/, /DNS record/]],
  },
  {
    fault: 'a port that another program has',
    plant: async ({ environment }, t) => {
      environment['PORT'] = String(await answering(t, (_request, response) => response.end('{"status":"up"}')))
    },
    found: [['port', 'fail', /^PORT: \d+ is in use; expected a free port/, /ss -ltnp/]],
  },
  {
    fault: 'a proxy that runs already',
    plant: async ({ environment }, t) => {
      const proxy = new ProxyProcess(t, environment)
      await proxy.logged(`listening on 127.0.0.1 port ${environment['PORT']}`)
    },
    found: [['port', 'warn', /in use by a proxy like this one/, /^nothing, when/]],
  },
  {
    fault: 'a status port that something has',
    plant: async ({ environment }, t) => {
      environment['STATUS_PORT'] = String(await answering(t, (_request, response) => response.end('')))
    },
    found: [['status port', 'fail', /^STATUS_PORT: \d+ is in use/, /another port/]],
  },
])
