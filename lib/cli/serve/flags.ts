import { CAPTURE_FLAGS } from "../common/capture.ts";
import type { FlagValues } from "../common/flags.ts";

const OWN_FLAGS = {
  model_repository: {
    kind: "text",
    value: "DIR",
    help: [
      "Serves the models of a folder too: NAME/VERSION/model.vmfb or model.onnx,",
      "with options in NAME/model.json. Clients can load and unload them.",
    ],
  },
  host: {
    kind: "text",
    value: "ADDRESS",
    help: [
      "Where to listen: 127.0.0.1 (the default) for this machine only, 0.0.0.0 for",
      "all networks.",
    ],
  },
  http_port: {
    kind: "integer",
    value: "N",
    min: 0,
    max: 65535,
    help: ["The port of HTTP, 8000 by default; 0 for any free one."],
  },
  grpc: {
    kind: "boolean",
    help: [
      "Serves the same models over gRPC too, by the package @grpc/grpc-js, which",
      "Deno downloads at the first time.",
    ],
  },
  grpc_port: {
    kind: "integer",
    value: "N",
    min: 0,
    max: 65535,
    help: ["Does the same on this port; 8001 by default, 0 for any free one."],
  },
  function: {
    kind: "text",
    value: "NAME",
    help: [
      "The function to serve, of programs that have several. By default the first.",
    ],
  },
  weights: {
    kind: "choice",
    choices: ["f32", "f16", "bf16", "int8"],
    help: ["The element type of a language model's weights, f32 by default."],
  },
  context_length: {
    kind: "integer",
    value: "N",
    min: 2,
    help: [
      "The longest context of a language model in tokens, its own by default.",
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
      "Threads of each model's local-task device, by default one per core. Set it",
      "where the process has fewer cores than the machine, as in a container.",
    ],
  },
  instances: {
    kind: "integer",
    value: "N",
    min: 1,
    max: 1024,
    help: ["How many calls of a model run at the same time, 1 by default."],
  },
  max_batch_size: {
    kind: "integer",
    value: "N",
    min: 1,
    max: 1_000_000,
    help: [
      "Joins requests to one call of up to N rows, along the first dimension of",
      "every tensor. By default each request is a call of its own.",
    ],
  },
  batch_delay: {
    kind: "number",
    value: "MS",
    min: 0,
    max: 60_000,
    help: [
      "Milliseconds that a request waits for others; by default 0, so that those",
      "that came during the previous call are joined.",
    ],
  },
  max_queue: {
    kind: "integer",
    value: "N",
    min: 0,
    max: 1_000_000,
    help: [
      "How many requests of a model may wait, 64 by default; further ones are",
      "answered with 429.",
    ],
  },
  request_timeout: {
    kind: "number",
    value: "SECONDS",
    min: 0.001,
    max: 2_000_000,
    help: [
      "Seconds for a request, 60 by default; then it is answered with 504.",
    ],
  },
  max_request_bytes: {
    kind: "integer",
    value: "N",
    min: 1,
    help: ["The most bytes of a request's body, 67108864 (64 MiB) by default."],
  },
  grace: {
    kind: "number",
    value: "SECONDS",
    min: 0,
    max: 2_000_000,
    help: [
      "Seconds to answer the requests that have arrived, after SIGTERM or SIGINT;",
      "30 by default.",
    ],
  },
  tls_cert: {
    kind: "text",
    value: "FILE",
    help: ["The certificate chain in PEM, for TLS over HTTP and gRPC."],
  },
  tls_key: {
    kind: "text",
    value: "FILE",
    help: ["The private key in PEM, for the same."],
  },
  auth_token_file: {
    kind: "text",
    value: "FILE",
    help: [
      "Requests must have one of the tokens in FILE, one per line, as",
      "`Authorization: Bearer TOKEN`, which is metadata in gRPC. Health is answered",
      "without.",
    ],
  },
  log_format: {
    kind: "choice",
    choices: ["text", "json"],
    help: ["How the log on stderr is written; json is an object per line."],
  },
  log_requests: {
    kind: "boolean",
    help: ["Logs every request; otherwise only those that fail."],
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
