/** Parameters as a person would give them: the required ones, and every optional one, so that no branch of a condition is left empty. */
const OF_BOTH: Record<string, string> = {
  EcrRegistry: '123456789012.dkr.ecr.us-east-1.amazonaws.com',
  RegistryName: 'registry.example.com',
  Image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/ecr-reverse-proxy:0.1.0',
  RepositoryArns: 'arn:aws:ecr:us-east-1:123456789012:repository/*',
  Vpc: 'vpc-0123456789abcdef0',
  LoadBalancerSubnets: 'subnet-0123456789abcdef0,subnet-0123456789abcdef1',
  TaskSubnets: 'subnet-0123456789abcdef2,subnet-0123456789abcdef3',
  ClientCidr: '10.0.0.0/8',
  Cpu: '1024',
  HostedZoneId: 'Z0123456789ABCDEFGHIJ',
  AlarmTopicArn: 'arn:aws:sns:us-east-1:123456789012:alarms',
  DebugSecurityGroup: 'sg-0123456789abcdef0',
  CertificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555',
}

/** What is given to each template. */
export const GIVEN: Record<'nlb.yaml' | 'alb.yaml', Record<string, string>> = {
  'nlb.yaml': {
    ...OF_BOTH,
    TlsSecretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:registry-tls-AbCdEf',
    TlsSecretKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555',
  },
  'alb.yaml': { ...OF_BOTH, LoadBalancerCidrs: '10.0.0.0/24,10.0.1.0/24' },
}

/** The file names of the templates. */
export const TEMPLATES = ['nlb.yaml', 'alb.yaml'] as const

/** Values of parameters that are out of range, by parameter. */
export const OUT_OF_RANGE: Record<string, string[]> = {
  EcrRegistry: [
    '',
    'registry.example.com',
    'https://123456789012.dkr.ecr.us-east-1.amazonaws.com',
    'public.ecr.aws',
    '123456789012.dkr.ecr.us-east-1.amazonaws.com.example.com',
  ],
  RegistryName: ['', 'https://registry.example.com', 'registry.example.com:0', 'registry.example.com:65536', '-a'],
  Image: ['', 'ecr-reverse-proxy', 'a/b:', 'a/b@sha256:0123', 'a b:1'],
  Architecture: ['', 'arm64', 'X86'],
  RepositoryArns: ['', '*', 'team/app', 'arn:aws:s3:::bucket', 'arn:aws:ecr:us-east-1:1:repository/a'],
  Access: ['', 'push', 'PULL'],
  TaskPublicIp: ['', 'true'],
  Scheme: ['', 'public'],
  ClientCidr: ['', '10.0.0.0', '10.0.0.256/8', '10.0.0.0/33', '::/0'],
  ListenerPort: ['0', '65536'],
  Tls: ['', 'off', 'alb'],
  TlsSecretArn: [
    'registry-tls',
    'arn:aws:s3:::bucket',
    'arn:aws:secretsmanager:us-east-1:123456789012:secret:registry-tls',
  ],
  TlsSecretKeyArn: ['alias/mine', 'arn:aws:kms:us-east-1:123456789012:alias/mine'],
  CertificateArn: ['registry', 'arn:aws:iam::123456789012:server-certificate/registry'],
  LoadBalancerCidrs: ['', '10.0.0.0', '10.0.0.0/24,', '0.0.0.0/0', '10.0.0.0/33'],
  HostedZoneId: ['example.com', 'z1'],
  Cpu: ['', '256', '1000', '8192'],
  MinTasks: ['0', '11'],
  MaxTasks: ['9', '101'],
  InFlightTarget: ['9', '1001'],
  DrainSeconds: ['29', '3601'],
  LogRetentionDays: ['0', '2', '9999'],
  MetricsNamespace: ['', 'AWS/ECS', ':a', 'a ', 'a"b'],
  AlarmTopicArn: ['alarms', 'arn:aws:sqs:us-east-1:123456789012:alarms'],
  ServerErrorPercent: ['0', '101'],
  SlowPullMilliseconds: ['49', '120001'],
  DebugSecurityGroup: ['default', 'sg-xyz'],
}
