/** The last step of `npm run build`: what the program that was built knows of the mappings beside it. */
import { writeShipped } from "./shipped.ts";
import { findShipped } from "./task.ts";

writeShipped(findShipped());
