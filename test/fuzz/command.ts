/** The one command that tries a counterexample again. */
export function commandFor(failure: { only: string; seed: number; at: string | undefined }): string {
  const at = failure.at === undefined ? '' : ` AT=${failure.at}`
  return `make fuzz SEED=${failure.seed}${at} ONLY=${quoted(failure.only)}`
}

/** For a POSIX shell, and with make's `$` doubled. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`).replaceAll('$', '$$$$')}'`
}
