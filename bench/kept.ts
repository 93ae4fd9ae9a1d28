/** How long the bench's own ends keep an idle connection, in milliseconds: longer than any pause between two portions. A subject may close it sooner. */
export const KEPT_MS = 600_000
