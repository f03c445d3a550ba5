/** Something whose time is measured. */
export interface Subject {
  /** Its name. */
  readonly name: string;
  /**
   * Does the work.
   *
   * @param count How often.
   * @returns A promise if the work is asynchronous.
   */
  run(count: number): void | Promise<void>;
  /** Returns the largest amount of memory that its devices used so far. */
  deviceBytesPeak?(): number;
}
