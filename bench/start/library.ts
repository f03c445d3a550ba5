/**
 * Measures the additional cost of opening the library.
 *
 * @module
 */
import { Instance } from "../../mod.ts";

Instance.open().dispose();
