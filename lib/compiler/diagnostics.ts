import type { Severity } from "../../ffi/compiler/diagnostics.ts";
import { readMade } from "../base/checks.ts";

export type { Severity };

/** A note of a diagnostic. */
export interface DiagnosticNote {
  /** The location's file, if known. */
  readonly file: string | undefined;
  /** Line, from 1. */
  readonly line: number | undefined;
  /** Column, from 1. */
  readonly column: number | undefined;
  /** The message. */
  readonly message: string;
}

/** A message of the compiler about a source. */
export interface Diagnostic extends DiagnosticNote {
  /** How serious it is. */
  readonly severity: Severity;
  /** Notes, such as other locations. */
  readonly notes: readonly DiagnosticNote[];
}

/** A location, as the compiler writes it before each message. */
const LOCATION = /^([^\n]*?):(\d+):(\d+): /;

/** Between a message and a note. */
const NOTE_START = /\n\n(?=[^\n]*?:\d+:\d+: )/;

/**
 * Reads a diagnostic.
 *
 * @param severity The severity.
 * @param text The location and the message, then the notes in the same form.
 */
export function parseDiagnostic(severity: Severity, text: string): Diagnostic {
  const [message = "", ...notes] = text.split(NOTE_START);
  return { severity, ...parseNote(message), notes: notes.map(parseNote) };
}

function parseNote(text: string): DiagnosticNote {
  const [head = "", file, line, column] = LOCATION.exec(text) ?? [];
  const message = text.slice(head.length).trimEnd();
  // The compiler writes 0:0 for an unknown location.
  const isKnown = file !== undefined && Number(line) > 0;
  return {
    file: isKnown ? file : undefined,
    line: isKnown ? Number(line) : undefined,
    column: isKnown ? Number(column) : undefined,
    message,
  };
}

/** How much of a message is readable: some contain whole operations. */
const MAX_LENGTH = 1000;

/** Returns a line of a source, by its number from 1, if it is known. */
export type FindLine = (file: string, line: number) => string | undefined;

/**
 * Formats a diagnostic like IREE's tools: the location, the message, the line
 * of the source and a caret.
 *
 * @param diagnostic The diagnostic.
 * @param lines Finds lines of the source.
 */
export function formatDiagnostic(
  diagnostic: Diagnostic,
  lines: FindLine = () => undefined,
): string {
  return readMade("diagnostic", "the compiler", () => {
    const { severity, notes } = diagnostic;
    return [
      formatNote(severity, diagnostic, lines),
      ...notes.map((note) => formatNote("note", note, lines)),
    ].join("\n");
  });
}

function formatNote(
  severity: Severity,
  { file, line, column, message }: DiagnosticNote,
  lines: FindLine,
): string {
  const text = `${severity}: ${clip(message)}`;
  if (file === undefined || line === undefined || column === undefined) {
    return text;
  }
  const located = `${file}:${line}:${column}: ${text}`;
  const source = lines(file, line);
  if (source === undefined) return located;
  // Tabs keep the caret below its character.
  const indent = source.slice(0, column - 1).replace(/[^\t]/g, " ");
  return source.length > MAX_LENGTH
    ? located
    : `${located}\n${source}\n${indent}^`;
}

function clip(text: string): string {
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}

/**
 * Finds lines of a source for {@linkcode formatDiagnostic}.
 *
 * @param name The source's name in diagnostics.
 * @param source The source.
 * @returns The function; it finds no lines of MLIR bytecode.
 */
export function linesOf(
  name: string,
  source: Uint8Array<ArrayBuffer>,
): FindLine {
  let lines: readonly string[] | undefined;
  return (file, line) => {
    if (file !== name || isBytecode(source)) return undefined;
    lines ??= new TextDecoder().decode(source).split(/\r?\n/);
    return lines[line - 1];
  };
}

/** Whether a source is MLIR bytecode. */
function isBytecode(source: Uint8Array<ArrayBuffer>): boolean {
  return source[0] === 0x4d && source[1] === 0x4c && source[2] === 0xef;
}
