import { LoadedProgram } from "../../../mod.ts";
import { ModelServer } from "../../serve/mod.ts";
import { Capturer } from "../common/profile_flag.ts";
import type { Command, CommandStatus } from "../common/command.ts";
import { formatFlags, parseFlags } from "../common/flags.ts";
import { printHelp } from "../common/terminal.ts";
import { UsageError } from "../common/usage_error.ts";
import { endPorts, nextSignal } from "./ending.ts";
import { FLAGS, type ServeFlags } from "./flags.ts";
import { ServerLog } from "./log.ts";
import { addModel, addRepository, readOperands } from "./models.ts";

const HELP =
  `Serves models over the Open Inference Protocol, as KServe and Triton do.

Usage: iree serve [NAME=]MODEL… [FLAGS]
       iree serve --model-repository=DIR [FLAGS]

MODEL is a .vmfb, or .mlir or .onnx, which are compiled as \`iree compile\` does.
Language models, which are .gguf files or Hugging Face folders, are served over
OpenAI's API: /v1/chat/completions, /v1/completions, /v1/embeddings, /v1/models.
Its name in requests is NAME, or the file's name without its extension.

Flags:
${formatFlags(FLAGS)}
Exit status: 0 after SIGTERM or SIGINT, if all requests were answered within
--grace; 1 on failure, 2 for wrong usage.

Examples:
  iree serve model.vmfb
  iree serve digits=mnist.onnx --max-batch-size=32 --instances=2
  iree serve model.vmfb --grpc
  curl localhost:8000/v2/models/digits
`;

/** `iree serve`. */
export const SERVE: Command = {
  summary: "serves models over HTTP and gRPC",
  flags: FLAGS,
  run,
};

async function run(args: readonly string[]): Promise<CommandStatus> {
  const operands: string[] = [];
  const flags = parseFlags(FLAGS, args, (argument) => operands.push(argument));
  if (flags.help) return printHelp(HELP);
  if (operands.length === 0 && flags.model_repository === undefined) {
    throw new UsageError("no MODEL or --model-repository to serve");
  }
  if ((flags.tls_cert === undefined) !== (flags.tls_key === undefined)) {
    throw new UsageError("--tls-cert and --tls-key go together");
  }
  if (flags.batch_delay !== undefined && flags.max_batch_size === undefined) {
    throw new UsageError("--batch-delay needs --max-batch-size");
  }
  const models = readOperands(operands);
  const isOne = models.length === 1 && flags.model_repository === undefined;
  if (flags.profile !== undefined && !isOne) {
    throw new UsageError("--profile is for one MODEL, without a repository");
  }
  const log = new ServerLog(flags.log_format, flags.log_requests);
  using resources = new DisposableStack();
  const server = new ModelServer({
    maxRequestBytes: flags.max_request_bytes,
    requestTimeout: flags.request_timeout === undefined
      ? undefined
      : 1000 * flags.request_timeout,
    authTokens: flags.auth_token_file === undefined
      ? undefined
      : readTokens(flags.auth_token_file),
    onRequest: (record) => log.request(record),
  });
  const programs: LoadedProgram[] = [];
  for (const model of models) {
    const added = resources.use(await addModel(server, model, flags, log));
    if (added instanceof LoadedProgram) programs.push(added);
  }
  const capturer = resources.use(
    await Capturer.begin(programs[0]?.devices ?? [], flags.profile),
  );
  resources.use(server);
  if (flags.model_repository !== undefined) {
    await addRepository(server, flags.model_repository, flags, log);
  }
  const status = await serve(server, flags, log);
  await capturer.end();
  return status;
}

async function serve(
  server: ModelServer,
  flags: ServeFlags,
  log: ServerLog,
): Promise<CommandStatus> {
  using signals = new DisposableStack();
  hideLegacyNote();
  // Before the port is open: a signal could come at once.
  const signal = nextSignal(signals);
  const keys = {
    hostname: flags.host,
    cert: readText(flags.tls_cert),
    key: readText(flags.tls_key),
  };
  const ports = [server.listen({ ...keys, port: flags.http_port })];
  if (flags.grpc || flags.grpc_port !== undefined) {
    ports.push(await server.listenGrpc({ ...keys, port: flags.grpc_port }));
  }
  for (const { url } of ports) log.event(`listening on ${url}`);
  const name = await signal;
  return await endPorts(ports, name, flags.grace, log);
}

// Deno's note on its flag --unstable-no-legacy-abort: the server works either way.
function hideLegacyNote(): void {
  const { warn } = console;
  console.warn = (...values: unknown[]) => {
    if (String(values[0]).startsWith("Deno.serve: request.signal")) return;
    warn(...values);
  };
}

function readText(path: string | undefined): string | undefined {
  return path === undefined ? undefined : Deno.readTextFileSync(path);
}

function readTokens(path: string): string[] {
  const tokens = Deno.readTextFileSync(path).split("\n")
    .map((line) => line.trim()).filter(Boolean);
  if (tokens.length > 0) return tokens;
  throw new UsageError(`--auth-token-file must have a token, got ${path}`);
}
