import type { ServerState } from "./server_state.ts";
import {
  type Address,
  addressOf,
  cannotListen,
  type Ending,
  type Listening,
  type ListenOptions,
  readListenOptions,
} from "./listen_options.ts";
import { endInOrder } from "./end_in_order.ts";

/** The port of HTTP, unless another is asked for. */
const DEFAULT_PORT = 8000;

/**
 * Listens for a server.
 *
 * @param server The server.
 * @param state Its state, which requests read and change.
 * @param options Where it listens.
 */
export function listen(
  server: Ending,
  state: ServerState,
  options: ListenOptions | undefined,
): Listening {
  const { hostname, port, keys } = readListenOptions(options, DEFAULT_PORT);
  const controller = new AbortController();
  const address = { hostname, port };
  const http = openedNow(() =>
    Deno.serve({
      ...address,
      ...keys,
      signal: controller.signal,
      onListen: () => {},
    }, (request) => server.fetch(request)), address);
  const scheme = keys === undefined ? "http" : "https";
  return endInOrder(server, state, {
    url: `${scheme}://${addressOf(hostname, http.addr.port)}`,
    port: http.addr.port,
    close: () => http.shutdown(),
    abort: () => controller.abort(),
  });
}

/** Opens a port at once; failures of the system name it. */
function openedNow<Server>(open: () => Server, address: Address): Server {
  try {
    return open();
  } catch (cause) {
    throw cannotListen(cause, address);
  }
}
