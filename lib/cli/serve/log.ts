import { IreeError } from "../../../mod.ts";
import type { RequestRecord } from "../../serve/mod.ts";

/** An entry of the log: what happened, and facts about it. */
type Facts = Readonly<Record<string, string | number | undefined>>;

/** Writes the log of a server to stderr. */
export class ServerLog {
  readonly #isJson: boolean;
  readonly #logsAll: boolean;

  /**
   * @param format `json` writes an object per line.
   * @param logsAll Whether requests that succeed are logged.
   */
  constructor(format: string, logsAll: boolean) {
    this.#isJson = format === "json";
    this.#logsAll = logsAll;
  }

  /** Writes an event. */
  event(message: string, facts: Facts = {}): void {
    this.#write("info", message, facts);
  }

  /** Writes a failure that concerns the whole server. */
  failure(message: string, error: unknown): void {
    this.#write("error", message, { error: textOf(error) });
  }

  /** Writes a request. */
  request({ method, path, status, duration, error }: RequestRecord): void {
    if (status < 400 && !this.#logsAll) return;
    this.#write(status < 500 ? "info" : "error", `${method} ${path}`, {
      status,
      milliseconds: Math.round(duration * 1000) / 1000,
      error: error === undefined ? undefined : textOf(error),
    });
  }

  #write(level: string, message: string, facts: Facts): void {
    const time = new Date().toISOString();
    if (this.#isJson) {
      console.error(JSON.stringify({ time, level, message, ...facts }));
      return;
    }
    const rest = Object.entries(facts)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => ` ${name}=${printable(value!)}`);
    console.error(`${time} ${level} ${printable(message)}${rest.join("")}`);
  }
}

function textOf(error: unknown): string {
  if (error instanceof IreeError) return error.message;
  return error instanceof Error ? error.stack ?? error.message : String(error);
}

// One line for an entry, whatever a request contains.
function printable(value: string | number): string {
  const text = String(value);
  return /[\p{Cc}"]/u.test(text) || text.includes("=")
    ? JSON.stringify(text)
    : text;
}
