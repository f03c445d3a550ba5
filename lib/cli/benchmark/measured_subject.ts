import type { ComparedMeasurement } from "../../benchmark/mod.ts";

/** What distinguishes a subject from others. */
export interface SubjectLabel {
  /** Its program: the file of its main module. */
  readonly program: string;
  /** Its devices. */
  readonly devices: readonly string[];
  /** The flags of its variant. */
  readonly variant: string;
  /** Its function. */
  readonly function: string;
}

/** A subject that was measured. */
export interface MeasuredSubject extends ComparedMeasurement {
  /** What distinguishes it. */
  readonly label: SubjectLabel;
}
