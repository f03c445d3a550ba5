import { CAPTURE_FLAGS } from "../common/profile_flag.ts";
import type { FlagValues } from "../common/flags.ts";

const OWN_FLAGS = {
  model_repository: {
    kind: "text",
    value: "DIR",
    help: [
      "Also serves the models of a folder: NAME/VERSION/model.vmfb or model.onnx,",
      "with options in NAME/model.json. Clients can load and unload them.",
    ],
  },
  host: {
    kind: "text",
    value: "ADDRESS",
    help: [
      "Address to listen on: 127.0.0.1 (the default) for this machine only,",
      "0.0.0.0 for all networks.",
    ],
  },
  http_port: {
    kind: "integer",
    value: "N",
    min: 0,
    max: 65535,
    help: ["HTTP port, 8000 by default; 0 picks a free one."],
  },
  grpc: {
    kind: "boolean",
    help: [
      "Also serves the models over gRPC, with the package @grpc/grpc-js, which Deno",
      "downloads on first use.",
    ],
  },
  grpc_port: {
    kind: "integer",
    value: "N",
    min: 0,
    max: 65535,
    help: ["Serves gRPC on this port, 8001 by default; 0 picks a free one."],
  },
  function: {
    kind: "text",
    value: "NAME",
    help: [
      "The function to serve if a program has several; the first one by default.",
    ],
  },
  weights: {
    kind: "choice",
    choices: ["f32", "f16", "bf16", "int8", "int4"],
    help: ["The element type of a language model's weights, f32 by default."],
  },
  context_length: {
    kind: "integer",
    value: "N",
    min: 2,
    help: [
      "Maximum context length of a language model in tokens; its own by default.",
    ],
  },
  tune: {
    kind: "boolean",
    help: [
      "Tries sets of compiler flags for language models on the first load, which",
      "takes minutes, and keeps the fastest programs.",
    ],
  },
  device: {
    kind: "text",
    value: "URI",
    help: ["The device, as for `iree run`: local-task by default."],
  },
  threads: {
    kind: "integer",
    value: "N",
    min: 1,
    max: 256,
    help: [
      "Threads of each model's local-task device; one per core by default. Set this",
      "if the process has fewer cores than the machine, as in a container.",
    ],
  },
  instances: {
    kind: "integer",
    value: "N",
    min: 1,
    max: 1024,
    help: [
      "Number of calls of a model that run at the same time; 1 by default.",
    ],
  },
  max_batch_size: {
    kind: "integer",
    value: "N",
    min: 1,
    max: 1_000_000,
    help: [
      "Joins requests into one call of up to N rows, along the first dimension of",
      "every tensor. By default, each request has its own call.",
    ],
  },
  batch_delay: {
    kind: "number",
    value: "MS",
    min: 0,
    max: 60_000,
    help: [
      "Milliseconds that a request waits for others. 0 (the default) joins only",
      "requests that arrived during the previous call.",
    ],
  },
  max_queue: {
    kind: "integer",
    value: "N",
    min: 0,
    max: 1_000_000,
    help: [
      "Number of requests of a model that may wait, 64 by default; further ones",
      "get status 429.",
    ],
  },
  request_timeout: {
    kind: "number",
    value: "SECONDS",
    min: 0.001,
    max: 2_000_000,
    help: [
      "Seconds until a request times out with status 504; 60 by default.",
    ],
  },
  max_request_bytes: {
    kind: "integer",
    value: "N",
    min: 1,
    help: [
      "Maximum size of a request body in bytes; 67108864 (64 MiB) by default.",
    ],
  },
  grace: {
    kind: "number",
    value: "SECONDS",
    min: 0,
    max: 2_000_000,
    help: [
      "Seconds to finish pending requests after SIGTERM or SIGINT; 30 by default.",
    ],
  },
  tls_cert: {
    kind: "text",
    value: "FILE",
    help: ["Certificate chain in PEM format, for TLS over HTTP and gRPC."],
  },
  tls_key: {
    kind: "text",
    value: "FILE",
    help: ["The certificate's private key in PEM format."],
  },
  auth_token_file: {
    kind: "text",
    value: "FILE",
    help: [
      "Accepts only requests with a token from FILE, one per line, sent as",
      "`Authorization: Bearer TOKEN` (metadata in gRPC). Health checks need none.",
    ],
  },
  log_format: {
    kind: "choice",
    choices: ["text", "json"],
    help: ["Format of the log on stderr; json prints an object per line."],
  },
  log_requests: {
    kind: "boolean",
    help: ["Logs every request, not only those that fail."],
  },
} as const;

const HELP_FLAGS = {
  help: { kind: "boolean", help: ["Prints this help."] },
} as const;

/** Flags of `iree serve`. */
export const FLAGS:
  & typeof OWN_FLAGS
  & typeof CAPTURE_FLAGS
  & typeof HELP_FLAGS = { ...OWN_FLAGS, ...CAPTURE_FLAGS, ...HELP_FLAGS };

/** Their values. */
export type ServeFlags = FlagValues<typeof FLAGS>;
