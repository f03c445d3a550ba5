import { toInteger, toText } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import { type OptionNames, readOptions } from "../base/options.ts";

/** Where a server listens. */
export interface ListenOptions {
  /**
   * The address; `0.0.0.0` is every one of the machine.
   *
   * @default {"127.0.0.1"}
   */
  hostname?: string | undefined;
  /**
   * The port; 0 is any free one. By default 8000, and 8001 for gRPC.
   */
  port?: number | undefined;
  /** The certificate chain in PEM, for TLS. */
  cert?: string | undefined;
  /** The private key in PEM, for TLS. */
  key?: string | undefined;
}

/** A server that listens. */
export interface Listening extends AsyncDisposable {
  /** Its address, such as `http://127.0.0.1:8000` or `grpc://127.0.0.1:8001`. */
  readonly url: string;
  /** Its port. */
  readonly port: number;
  /**
   * Ends in order: is not ready at once, answers requests that have arrived,
   * answers later ones with 503, and closes the port.
   *
   * @param grace Milliseconds that this may take.
   * @returns Whether all requests were answered in time.
   */
  shutdown(grace: number): Promise<boolean>;
}

/** An address and a port. */
export type Address = Pick<ListenAddress, "hostname" | "port">;

const OPTIONS: OptionNames<ListenOptions> = {
  hostname: true,
  port: true,
  cert: true,
  key: true,
};

/** What ends when a server shuts down. */
export interface Ending {
  fetch(request: Request): Promise<Response>;
  announceEnd(): void;
  drain(): Promise<void>;
}

/** Formats an address and a port. */
export function addressOf(hostname: string, port: number): string {
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

/** Where a server listens, checked. */
export interface ListenAddress {
  readonly hostname: string;
  readonly port: number;
  readonly keys: { readonly cert: string; readonly key: string } | undefined;
}

/**
 * Checks where a server listens.
 *
 * @param options The caller's options.
 * @param defaultPort The port if they have none.
 */
export function readListenOptions(
  options: ListenOptions | undefined,
  defaultPort: number,
): ListenAddress {
  const { hostname = "127.0.0.1", port = defaultPort, cert, key } = readOptions(
    options,
    OPTIONS,
  );
  return {
    hostname: toText("hostname", hostname),
    port: toInteger("port", port, 0, 65535),
    keys: readKeys(cert, key),
  };
}

function readKeys(
  cert: string | undefined,
  key: string | undefined,
): { cert: string; key: string } | undefined {
  if (cert === undefined && key === undefined) return undefined;
  if (cert !== undefined && key !== undefined) {
    return { cert: toText("cert", cert), key: toText("key", key) };
  }
  throw new IreeError(
    "INVALID_ARGUMENT",
    "cert and key must be given together",
  );
}

/** Opens a port; failures of the system name it. */
export async function opened<Server>(
  open: () => Promise<Server>,
  address: Address,
): Promise<Server> {
  try {
    return await open();
  } catch (cause) {
    throw cannotListen(cause, address);
  }
}

/** The failure of a port that cannot be opened; it names the port. */
export function cannotListen(
  cause: unknown,
  { hostname, port }: Address,
): unknown {
  if (cause instanceof Deno.errors.NotCapable) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const isAboutKeys = cause instanceof Deno.errors.InvalidData ||
    reason.startsWith("keys ");
  if (isAboutKeys) return unusableKeys(cause);
  return new IreeError(
    "UNAVAILABLE",
    `cannot listen on ${hostname}:${port}: ${reason}`,
    { cause },
  );
}

/** The failure of a certificate or a key that TLS cannot use. */
export function unusableKeys(cause: unknown): IreeError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new IreeError(
    "INVALID_ARGUMENT",
    `cert and key must be a certificate and its private key in PEM: ${reason}`,
    { cause },
  );
}
