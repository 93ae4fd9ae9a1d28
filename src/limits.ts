// Every bound that is not a setting, with its reason. Times are in milliseconds, sizes in bytes. With several workers each
// process has these bounds for itself, except those of the token and of the metrics, which the primary holds for all.

const SECOND = 1000
const MINUTE = 60 * SECOND
const KIB = 1024
const MIB = 1024 * KIB

// --- The token ---

/** One GetAuthorizationToken call, credentials included; the SDK itself would wait for ever. */
export const TOKEN_CALL_MS = 10 * SECOND
/** Below this, a difference to AWS's clock is the grain of its Date header and the time on the way. */
export const CLOCK_DOUBT_MS = 2 * SECOND
/** Lookups of credentials that hang at once, each by a client that was left; without this a source that always hangs gets one with each retry. */
export const MAX_HUNG_LOOKUPS = 3
/** After so long one that hangs makes room for another: it may be a process that will never end, of a source that is well by now. */
export const HUNG_LOOKUP_MS = 30 * MINUTE
/** A refused token is renewed at most this often: an upstream that refuses everything must not become a call for each request. */
export const TOKEN_RENEWAL_SPACING_MS = 1 * SECOND
/** Bounds of the backoff between failed refreshes; both also shrink to a share of a short-lived token's lifetime. */
export const TOKEN_BACKOFF_MIN_MS = 1 * SECOND
export const TOKEN_BACKOFF_MAX_MS = 30 * SECOND
/** A HEAD's 403 may mean an expired token only when the token is older than this, or than half its lifetime. */
export const DOUBTFUL_TOKEN_AGE_MS = 60 * SECOND
/** Doubtful 403s lead to one GetAuthorizationToken call in this time, for all processes. */
export const DOUBTFUL_RENEWAL_SPACING_MS = 60 * SECOND

// --- Shutdown ---

/** npm forwards to its child a signal that a terminal or a service manager has already sent it; a repeat within this time is the same signal. */
export const SIGNAL_ECHO_MS = 1 * SECOND

/** Cut requests end in the next turn of the event loop; this bounds the wait for any that do not. */
export const CUT_REQUESTS_MS = 1 * SECOND

/** How often connections that turned idle are closed during shutdown. */
export const IDLE_SWEEP_MS = 100

// --- Several workers ---

/** Largest WORKERS; each worker has a heap and connections of its own, and no machine for a proxy has more cores. */
export const WORKERS_MAX = 64
/** Pause before a worker that died is replaced; doubled with each death of its place, so that a crash at start is no busy loop. */
export const WORKER_BACKOFF_MIN_MS = 1 * SECOND
export const WORKER_BACKOFF_MAX_MS = 30 * SECOND
/** A worker that lived so long did not die of its start, and is replaced after the shortest pause again. */
export const WORKER_STEADY_MS = 1 * MINUTE
/** During shutdown, a worker that has not ended so long after its own time limits hangs, and is killed. */
export const WORKER_END_MS = 5 * SECOND
/** The primary's answer about the token: a call that is spaced from the one before, and more; only a primary that hangs is slower. */
export const TOKEN_ANSWER_MS = TOKEN_CALL_MS + 5 * SECOND
/** Most that a worker writes to the log at once: Linux keeps writes of up to PIPE_BUF whole when several processes share a pipe. */
export const LOG_WRITE_BYTES = 4 * KIB
/** Of the log, waiting for whoever reads stdout: some 30,000 lines. */
export const LOG_QUEUE_BYTES = 8 * MIB
/** The log's last lines may take so long; with the metrics' last flush and the default SHUTDOWN_TIMEOUT that is within the 30 s of ECS. */
export const LOG_LAST_WRITE_MS = SECOND
/** What Node wants as ticket keys: a name of 16 bytes, and 16 each to sign and to encrypt. */
export const TLS_TICKET_KEY_BYTES = 48

// --- The certificate ---

/** How often its files are looked at; a change counts at the second look, so that it is served after two of these. */
export const CERTIFICATE_LOOK_MS = 2 * SECOND
/** With fewer days left there is a warning: what renews by itself has failed by then, and there is time to find out why. */
export const CERTIFICATE_WARNING_DAYS = 14
/** How often the log repeats that warning. */
export const CERTIFICATE_REMINDER_MS = 24 * 60 * MINUTE

// --- The client's side ---

/** Connections of clients at once, for each of which a descriptor and some 50 KiB are kept; more are closed at once. */
export const CLIENT_CONNECTIONS = 10_000
/** Handshake of a new client; Node's 120 s lets idle sockets pile up. */
export const CLIENT_HANDSHAKE_MS = 15 * SECOND
/** Time to send a request's head (Node's default, written out because requestTimeout below is off). */
export const CLIENT_HEAD_MS = 60 * SECOND
/** A client whose head was refused has so long to take the answer and to close. */
export const MALFORMED_CLOSE_MS = 5 * SECOND
/** No progress while we wait for the client: a body that does not come, or an answer that is not taken. */
export const CLIENT_IDLE_MS = 2 * MINUTE
/** A body's bytes that were written and not yet sent when its sender is asked to wait; 64 KiB cost a stop and a start for each read. */
export const TRANSFER_BUFFER_MAX_BYTES = 256 * KIB
/** All bodies together have this, in bytes of theirs (chunks of one byte take some hundred times as much), as long as that leaves each … */
export const TRANSFER_BUFFERS_BYTES = 2 * MIB
/** … two TLS records. */
export const TRANSFER_BUFFER_MIN_BYTES = 32 * KIB
/** A stream that is paused asks for no more once it holds this, which is one TLS record; with Node's 64 KiB, since Node 22, each upload that waits held more. */
export const STREAM_BUFFER_BYTES = 16 * KIB
/** TCP keep-alive finds clients that vanished while ECR assembles a layer in silence. */
export const CLIENT_TCP_KEEP_ALIVE_MS = 30 * SECOND
/** After an early answer, the rest of the request body is read and thrown away for so long … */
export const LINGER_MS = 30 * SECOND
/** … or until nothing came for so long … */
export const LINGER_IDLE_MS = 5 * SECOND
/** … or until so much has come; closing with unread bytes resets the connection, and the client never sees the answer. */
export const LINGER_BYTES = 256 * MIB

// --- Load ---

/** How often the event loop is looked at: what is let in beyond what it can carry waits for as long as a sample takes … */
export const LOAD_SAMPLE_MS = 10
/** … and how often memory is: Node asks /proc for it, and @fastify/under-pressure goes over a histogram with each sample. */
export const MEMORY_SAMPLE_MS = 100
/** The event loop's delay is averaged over so long, in which a short pause is lost; a longer pause counts by itself. */
export const LOAD_DELAY_MS = SECOND
/**
 * Shedding begins when a turn of the event loop finds more starts than these waiting: 32 wait for 5 ms. So many clients at once
 * are served, and so are those of a process that others take the core from, which then looks busy without being so.
 */
export const QUEUED_STARTS_AT_FIRST = 32
/** … for so long, when the process had this share of its core: a shorter burst is over sooner than those who were turned away are back … */
export const OVERLOADED_MS = 25
export const CERTAIN_CPU = 0.75
/** … or in so many samples, one after the other: a pause of the process fills some. */
export const OVERLOADED_SAMPLES = 10
/** So many samples (1.5 s) after its share is back at all, an overload counts as gone: the next one is another, and begins as the first did. */
export const CALM_SAMPLES = 150
/** Until then, more than these are too many: fewer come together by chance, or beside streams. */
export const QUEUED_STARTS = 4
/** Until then, too, a turn starts no more than these: at some 200 us each, that keeps it in milliseconds. */
export const STARTS_PER_TURN = 4
/** An overload halves the share of starts that is let in: no more than one step too few under twice the load. */
export const ADMISSION_CUT = 0.5
/** Without an overload the share grows by this with each sample: slowly, because the queue that shows the next one is there at once … */
export const ADMISSION_GROWTH = 1.002
/** … by this where no start finds another one waiting: streams may keep the loop busy for hours, and it is 4 s back to all … */
export const ADMISSION_UNQUEUED = 1.012
/** … by this where the loop is nearly busy and a queue begins: each step into the next overload costs what waits in it … */
export const ADMISSION_CREEP = 1.0004
export const NEARLY_BUSY = 0.8
export const NEARLY_QUEUED_STARTS = 2
/** … but by this while the event loop has half of its limit to spare: the load is gone. */
export const ADMISSION_RECOVERY = 1.18
/** Never less than this share, from which it is 28 samples back to all when the load is gone. */
export const ADMISSION_MIN = 0.01
/** Of the memory that a process may have; the rest is for what is in flight, and for V8, which needs room to collect. */
export const MEMORY_SHARE = 0.85
/** With so few requests in flight, it is not they that hold the memory; and V8 collects nothing in a process that does nothing. */
export const IN_FLIGHT_WHATEVER_MEMORY = 16
/** Default of MAX_IN_FLIGHT: less than may be under way to the upstream, so that running pushes still find room there. */
export const IN_FLIGHT_DEFAULT = 1024

// --- The upstream's side ---

/** TCP and TLS to the upstream. */
export const UPSTREAM_CONNECT_MS = 10 * SECOND
/** ECR's own idle timeout is unknown; load balancers of its kind use 60 s, so we close first. undici's 4 s reconnects all day. */
export const UPSTREAM_KEEP_ALIVE_MS = 30 * SECOND
/** Silence before the answer to a request without a body; the first pull through a pull-through cache rule is slow. */
export const UPSTREAM_HEAD_MS = 2 * MINUTE
/** Silence after a request with a body, or the closing PUT of an upload: ECR assembles and checks big layers in silence. */
export const UPSTREAM_ASSEMBLY_MS = 10 * MINUTE
/** No progress within an answer's body, or in taking a request's body. */
export const UPSTREAM_IDLE_MS = 2 * MINUTE
/** Connections for short requests. Uploads have their own, unbounded, so that a stalled one holds nobody else up. */
export const UPSTREAM_SHORT_CONNECTIONS = 256
/** Requests that may wait for one of them; a client that gets 503 now comes back, one that waits a minute is lost. */
export const UPSTREAM_QUEUE = 1024
/** Response head; a 307 with a presigned URL is about 2 KiB. */
export const UPSTREAM_MAX_HEADER_SIZE = 64 * KIB
/** Of an answer's body, until it is known where it goes, which is some microtasks after its head. */
export const HELD_ANSWER_BYTES = 64 * KIB
/** Largest error body that is read; a longer one is replaced. */
export const ERROR_BODY_BYTES = 64 * KIB

// --- Repeating requests ---

/** ECR's and the OCI spec's bound for a manifest. */
export const MANIFEST_BYTES = 4 * MIB
/** All manifests that are held, to be sent again if need be; they are never shed, and a client that sends a byte a minute holds its own. */
export const HELD_MANIFESTS_BYTES = 64 * MIB
/** A manifest comes whole within so long. */
export const MANIFEST_BODY_MS = 2 * MINUTE
/** A throttled request without a body: so many further tries, within so long, as long as they add at most this share of traffic. */
export const THROTTLE_RETRIES = 2
export const THROTTLE_WINDOW_MS = 5 * SECOND
export const THROTTLE_BACKOFF_MS = 250
export const RETRY_SHARE = 0.1
/** Retries saved up by a quiet hour may not all come in one storm. */
export const RETRY_CREDIT = 50
/** A held manifest: so many tries in all, within so long. */
export const MANIFEST_TRIES = 3
export const MANIFEST_WINDOW_MS = 10 * SECOND
export const MANIFEST_BACKOFF_MS = 500
/** The Retry-After of answers of our own, and where the upstream gives none. */
export const RETRY_AFTER_SECONDS = 5

// --- Metrics ---

/** One call of a metrics sink, credentials included; the SDK itself would wait for ever. */
export const METRICS_CALL_MS = 10 * SECOND
/** The last flush, during shutdown: with SHUTDOWN_TIMEOUT's default it fits into the 30 s that ECS gives. */
export const METRICS_LAST_FLUSH_MS = 3 * SECOND
/** How often a worker reports what it has counted to its primary; one that crashes loses no more. */
export const METRICS_TO_PRIMARY_MS = 1 * SECOND
/** How often the event loop's delay is measured; each time costs some microseconds. */
export const EVENT_LOOP_SAMPLE_MS = 100
/** Largest METRICS_REPOSITORIES: some 2 MB of names and counts, and 3,000 USD a month. */
export const METRICS_REPOSITORIES_MAX = 5000
/** What CloudWatch takes in one PutMetricData call: so many metrics, so many different values of one, and 1 MB. */
export const CLOUDWATCH_DATA = 1000
export const CLOUDWATCH_VALUES = 150
export const CLOUDWATCH_BYTES = 1_000_000
/** Values of one metric in a line of the embedded metric format, and most lines for all of them: 2,000 values tell a percentile well. */
export const EMF_VALUES = 100
export const EMF_LINES = 20

// --- The debug server ---

/** Longest window of a profile; its samples are held in memory until it ends. */
export const PROFILE_MAX_MS = 5 * MINUTE
/** Between two samples of a CPU profile; V8's own default, which costs some percent of a core while it runs. */
export const CPU_SAMPLE_MICROSECONDS = 1000
/** One sample in so many bytes of what is still alive; V8's own default. */
export const HEAP_SAMPLE_BYTES = 32 * KIB
/** The same where collected objects stay in the profile, and its samples in memory: a loaded core makes 150 MiB a second. */
export const ALLOCATION_SAMPLE_BYTES = 128 * KIB
/** Connections at once; a browser has six, and nobody needs more than a few of these. */
export const DEBUG_CONNECTIONS = 64
/** What the live page looks back on, in seconds, with one sample for each. */
export const HISTORY_SECONDS = 600
/** Between two samples. */
export const SAMPLE_MS = 1 * SECOND

// --- Commands ---

/** The health check's question; ECS and Docker give up after 5 s by default, and their line says less. */
export const HEALTHCHECK_MS = 4 * SECOND
/** Most of a /healthz answer that is read; ours has 15 bytes. */
export const HEALTH_BODY_BYTES = 1 * KIB
/** One check of the doctor's; longer than UPSTREAM_CONNECT_MS and TOKEN_CALL_MS, whose errors say more. */
export const DOCTOR_CHECK_MS = 12 * SECOND
/** AWS refuses signatures of a clock that is so far off … */
export const CLOCK_SKEW_REFUSED_MS = 5 * MINUTE
/** … and this is more than a Date in whole seconds, and the time on the way, can explain. */
export const CLOCK_SKEW_DOUBT_MS = 30 * SECOND
