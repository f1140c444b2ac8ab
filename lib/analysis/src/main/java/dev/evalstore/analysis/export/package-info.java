/** Exports of evaluations and of submissions: as CSV, JSON and NDJSON, streamed, into files and streams. */
@NullMarked
package dev.evalstore.analysis.export;

import org.jspecify.annotations.NullMarked;
