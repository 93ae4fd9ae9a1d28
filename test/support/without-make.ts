/** The environment without what a make that runs the tests leaves in it for the makes below it. */
export function withoutMake(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { MAKEFLAGS: _flags, MAKELEVEL: _level, MFLAGS: _more, ...rest } = environment
  return rest
}
