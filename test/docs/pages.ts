/** The page about metrics; this file runs as dist/test/docs/pages.js. */
export const METRICS_PAGE = new URL('../../../docs/metrics.md', import.meta.url)

/** The page about tests. */
export const TESTING_PAGE = new URL('../../../docs/testing.md', import.meta.url)
