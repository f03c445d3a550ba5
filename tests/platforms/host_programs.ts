/**
 * Runs programs of this machine for programs under Wine:
 * `native/fixtures/host_program.c` asks over a connection, with its own name,
 * its folder and its arguments.
 *
 * @module
 */

/** Returns the command for a program's name and arguments. */
export type FindProgram = (
  name: string,
  args: readonly string[],
) => readonly string[];

/** Options of the server. */
export interface HostProgramOptions {
  /** Variables of the programs. */
  readonly env: Readonly<Record<string, string>>;
  /** The folder of Wine's drive C. */
  readonly driveC: string;
}

/**
 * Starts the server.
 *
 * @param find Finds the programs.
 * @param options Their variables and where drive C is.
 * @returns The listener, whose port the programs need.
 */
export function serveHostPrograms(
  find: FindProgram,
  { env, driveC }: HostProgramOptions,
): Deno.TcpListener {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  (async () => {
    for await (const connection of listener) {
      serve(connection, find, { env, driveC }).catch((error) =>
        console.error(`a program of the host: ${error}`)
      );
    }
  })();
  return listener;
}

// Streams of a connection would close it when the other side has sent all.
async function serve(
  connection: Deno.TcpConn,
  find: FindProgram,
  { env, driveC }: HostProgramOptions,
): Promise<void> {
  using _closed = connection;
  const { texts, rest } = await readRequest(connection);
  const [folder, packages, name, ...args] = texts.map((text) =>
    toHostPath(text, driveC)
  );
  const [program, ...first] = find(name.replace(/\.exe$/i, ""), args);
  const child = new Deno.Command(program, {
    args: first,
    cwd: folder,
    env: { ...env, PKG_CONFIG_PATH: packages },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  passInput(connection, rest, child.stdin).catch(() => {});
  const { code, stdout, stderr } = await child.output();
  for (const bytes of [part(1, stdout), part(2, stderr), status(code)]) {
    for (let at = 0; at < bytes.length;) {
      at += await connection.write(bytes.subarray(at));
    }
  }
}

/** Passes what the other program reads. */
async function passInput(
  connection: Deno.TcpConn,
  first: Uint8Array,
  output: WritableStream<Uint8Array>,
): Promise<void> {
  const writer = output.getWriter();
  if (first.length > 0) await writer.write(first);
  const buffer = new Uint8Array(4096);
  for (;;) {
    const length = await connection.read(buffer);
    if (length === null) break;
    await writer.write(buffer.slice(0, length));
  }
  await writer.close();
}

/** Reads the number of texts, and the texts, each of which ends with a NUL. */
async function readRequest(
  connection: Deno.TcpConn,
): Promise<{ texts: string[]; rest: Uint8Array }> {
  let bytes = new Uint8Array();
  const texts: string[] = [];
  const buffer = new Uint8Array(4096);
  for (;;) {
    let end = bytes.indexOf(0);
    while (end >= 0) {
      texts.push(new TextDecoder().decode(bytes.subarray(0, end)));
      bytes = bytes.subarray(end + 1);
      if (texts.length > Number(texts[0])) {
        return { texts: texts.slice(1), rest: bytes };
      }
      end = bytes.indexOf(0);
    }
    const length = await connection.read(buffer);
    if (length === null) throw new Error("an incomplete request");
    const joined = new Uint8Array(bytes.length + length);
    joined.set(bytes);
    joined.set(buffer.subarray(0, length), bytes.length);
    bytes = joined;
  }
}

function status(code: number): Uint8Array {
  return new Uint8Array(new Uint32Array([0, code]).buffer);
}

function part(kind: number, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + data.length);
  bytes.set(new Uint8Array(new Uint32Array([kind, data.length]).buffer));
  bytes.set(data, 8);
  return bytes;
}

/**
 * Converts the paths in an argument. Drive Z is the root of this machine.
 *
 * @param text The argument.
 * @param driveC The folder of drive C.
 */
function toHostPath(text: string, driveC: string): string {
  if (!/[cz]:[\\/]/i.test(text)) return text;
  return text.replace(
    /([cz]):(?=[\\/])/ig,
    (_, drive) => drive.toLowerCase() === "c" ? driveC : "",
  ).replaceAll("\\", "/");
}
